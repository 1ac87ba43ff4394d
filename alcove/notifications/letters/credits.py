"""What happens to a client's session credits."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.notifications.letters.change import Change
from alcove.notifications.letters.letter import Letter, Role, absolute


def restored(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "owner":
        return None
    return Letter(
        subject=_("A credit has come back to you"),
        title=_("A session credit came back"),
        lines=[_("Somebody else took the time that you gave up, so your session credit is back.")],
        button=_("Choose a time"),
        url=absolute("booking:new"),
    )
