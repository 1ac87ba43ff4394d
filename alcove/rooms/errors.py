"""What can go wrong in a room."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class EmptyMessage(DomainError):
    """A message needs words."""

    code = "empty_message"
    http_status = 422
    message = _("Write something before you send it.")


class MessageTooLong(DomainError):
    """A message is longer than the room keeps."""

    code = "message_too_long"
    http_status = 422
    message = _("That is longer than %(most)s characters. Please send it in two messages.")


class RoomClosed(DomainError):
    """Nothing new can be written in a closed room."""

    code = "room_closed"
    message = _("This room is closed. You can read it, and write to the practice for help.")
