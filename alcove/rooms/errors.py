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


class FileTooLarge(DomainError):
    """A file is larger than the room keeps, packed or unpacked."""

    code = "file_too_large"
    http_status = 422
    message = _(
        "That file is too large. A file may have up to %(most)s MB; please send a smaller one."
    )


class FileKindRefused(DomainError):
    """A file is neither a picture nor a PDF by its bytes."""

    code = "file_kind_refused"
    http_status = 422
    message = _(
        "Only pictures (JPEG, PNG, WebP) and PDF files can be sent here, and that is none of them, "
        "whatever its name says."
    )


class FileBroken(DomainError):
    """A file begins as a picture or PDF and cannot be read."""

    code = "file_broken"
    http_status = 422
    message = _("That file cannot be read: it seems to be damaged. Please try to save it anew.")


class TooManyFiles(DomainError):
    """A message has more files than it may."""

    code = "too_many_files"
    http_status = 422
    message = _("A message takes up to %(most)s files. Please send the others with the next one.")


class RoomFull(DomainError):
    """The files of a room take all the space that it has."""

    code = "room_full"
    message = _(
        "The files of this room take all the space there is. Please ask the practice for help."
    )
