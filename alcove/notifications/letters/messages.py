"""That something was written: nobody's words, and nobody's name."""

from django.utils.translation import gettext as _

from alcove.notifications.letters.letter import Letter, absolute


def new_message(room: str) -> Letter:
    """What a member is told who has not seen what is new in their room."""
    return Letter(
        subject=_("A new message waits for you"),
        title=_("A new message waits for you"),
        lines=[_("Messages are shown in the product only, after signing in.")],
        button=_("Read it"),
        url=absolute("rooms:room", room),
    )
