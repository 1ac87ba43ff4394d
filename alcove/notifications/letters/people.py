"""The practice's invitation, and its answer to a wish. They name nobody and say nothing of it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.core.formats import day_and_time
from alcove.notifications.letters.letter import Letter, absolute


def invited_by_practice(token: str, expires_at: dt.datetime, zone: ZoneInfo) -> Letter:
    """The letter with the link that signs its reader in, once."""
    until = {"when": day_and_time(expires_at, zone)}
    return Letter(
        subject=_("You have an invitation"),
        title=_("A place online is ready for you"),
        lines=[
            _("Somebody whom you know has set up an account for you with this address."),
            _("This link signs you in, once. It is for you alone and waits until %(when)s.")
            % until,
            _("After that, a code that is mailed to you signs you in."),
            _("If you expected nothing like that, you need do nothing."),
        ],
        button=_("Open my account"),
        url=absolute("people:welcome", token),
        useful_until=expires_at,
    )


def deletion_answered() -> Letter:
    """To somebody who asked for the deletion of their data, which was declined."""
    return Letter(
        subject=_("About your wish"),
        title=_("The practice has answered you"),
        lines=[_("You can read the answer after signing in.")],
        button=_("Read the answer"),
        url=absolute("own_data"),
    )
