"""What can go wrong with people and with the practice itself."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class AccentUnreadable(DomainError):
    """A colour in which words could not be read."""

    code = "accent_unreadable"
    http_status = 422
    message = _(
        "In that colour words are hard to read: it reaches a contrast of %(ratio)s to 1 and needs 4.5."
    )


class AddressKnown(DomainError):
    """Every address belongs to one person."""

    code = "address_known"
    http_status = 422
    message = _("Somebody with that address is here already. Search for it among the people.")


class LastAdmin(DomainError):
    """Somebody must be left who can set the practice up."""

    code = "last_admin"
    message = _("That is the last active admin. Make somebody else an admin first.")


class ProvidesRooms(DomainError):
    """A provider's rooms are closed before they stop being one."""

    code = "provides_rooms"
    message = _("%(name)s has open rooms as a provider. Close these rooms first.")


class WelcomeDead(DomainError):
    """The link was used, replaced, withdrawn, is too old, or never was one: the same answer."""

    code = "welcome_dead"
    http_status = 410
    message = _(
        "This invitation has been used, withdrawn or sent anew, or is more than 7 days old. You can "
        "sign in with a code that is mailed to you, or ask the practice to invite you again."
    )


class SetUpLinkDead(DomainError):
    """The link was used, is too old, never was one, or there is somebody here: the same answer."""

    code = "set_up_link_dead"
    http_status = 410
    message = _(
        "This link sets nothing up any more. Sign in, or have a new one printed on the server by "
        "alcove setup-link."
    )


class NoOpenInvitation(DomainError):
    """It was accepted or withdrawn a moment ago."""

    code = "no_open_invitation"
    message = _("There is no open invitation any more. Load the page again to see where it stands.")


class AlreadyDeleted(DomainError):
    """Nothing is left to be deleted, and nobody to come back."""

    code = "already_deleted"
    message = _("Their data was deleted before.")


class DeletionAsked(DomainError):
    """One wish at a time."""

    code = "deletion_asked"
    message = _("You have asked for it already. The practice will answer.")


class ReminderTooLate(DomainError):
    """A provider is reminded while they can still answer."""

    code = "reminder_too_late"
    http_status = 422
    message = _("The reminder has to come before the time for an answer is over.")
