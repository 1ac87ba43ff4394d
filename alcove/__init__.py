"""Alcove: live online sessions for a therapy practice."""

import zoneinfo

# Zones come from the pinned tzdata package on every machine, never from the system's files.
zoneinfo.reset_tzpath(to=())
