"""What can go wrong in a room."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError, NotAllowed


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


class NotOwner(DomainError):
    """Only the person who created a room decides who is in it."""

    code = "not_owner"
    http_status = 403
    message = _("Only %(owner)s, who created this room, can do that.")


class CannotLeave(DomainError):
    """Owner and provider are what a room is; only a partner leaves it."""

    code = "cannot_leave"
    http_status = 403
    message = _(
        "Only a partner can leave a room by themself. If this room should be closed, write to "
        "the practice."
    )


class NotCouplesRoom(DomainError):
    """An individual room stays one."""

    code = "not_couples_room"
    message = _("Nobody can be invited to an individual room. Start a couples room instead.")


class CouplesRoomExists(DomainError):
    """A client has one open couples room with a provider."""

    code = "couples_room_exists"
    message = _("You have a couples room with %(provider)s already. You find it among your rooms.")


class ProviderGone(DomainError):
    """The provider left the practice."""

    code = "provider_gone"
    message = _("%(provider)s does not take sessions any more. Please choose another provider.")


class HasPartner(DomainError):
    """There is room for one partner."""

    code = "has_partner"
    message = _("Your partner is in this room already.")


class NoPartner(DomainError):
    """There is nobody to take out: they left a moment ago, or never were here."""

    code = "no_partner"
    message = _("There is no partner in this room.")


class AlreadyInvited(DomainError):
    """One invitation at a time."""

    code = "already_invited"
    message = _(
        "You have invited %(address)s, and the answer is still open. Withdraw that invitation "
        "first if you want to invite another address."
    )


class NoInvitation(DomainError):
    """It was answered or withdrawn a moment ago."""

    code = "no_invitation"
    message = _("There is no open invitation any more. Load the page again to see where it stands.")


class OwnAddress(DomainError):
    """People do not invite themselves."""

    code = "own_address"
    http_status = 422
    message = _("That is your own address. Please type the address that your partner uses.")


class TooManyInvitations(DomainError):
    """Nobody's mailbox is to be filled through us."""

    code = "too_many_invitations"
    http_status = 429
    message = _("You have sent %(most)s invitations within a day. Please try again tomorrow.")


class InvitationDead(DomainError):
    """The link was used, replaced, withdrawn, is too old, is somebody else's or never was one.

    One answer for all of them: a link in the wrong hands tells nothing.
    """

    code = "invitation_dead"
    http_status = 410
    message = _(
        "This invitation cannot be used here. It may have been answered, withdrawn or sent anew, be "
        "more than 7 days old, or be meant for another e-mail address than the one that you use "
        "here. Ask the person who invited you to send it again."
    )


class NameNeeded(DomainError):
    """Somebody who shares a room has a name in it."""

    code = "name_needed"
    http_status = 422
    message = _("Please type your name, as the others in the room know you.")


class OneAndTheSame(DomainError):
    """A room is of two people."""

    code = "one_and_the_same"
    http_status = 422
    message = _("Client and provider of a room are two people. Please choose somebody else.")


class NotAProvider(DomainError):
    """Rooms are with providers."""

    code = "not_a_provider"
    http_status = 422
    message = _("%(name)s is no provider. Give them that role first, or choose somebody else.")


class PersonGone(DomainError):
    """Nobody opens a room of somebody who cannot come."""

    code = "person_gone"
    message = _("%(name)s cannot sign in at present. Reactivate them first.")


class RoomExists(DomainError):
    """The practice opens one room of a kind for two people."""

    code = "room_exists"
    message = _("%(client)s has an open room of this kind with %(provider)s already.")


class OwnRoom(NotAllowed):
    """Somebody of staff wants to act as the practice in a room that they are a member of."""

    code = "own_room"
    message = _(
        "You are a member of this room yourself. Use your own pages, or ask a colleague to do it."
    )
