"""What can go wrong when the practice is set up."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class LogoTooLarge(DomainError):
    """A logo comes with the first page that somebody sees."""

    code = "logo_too_large"
    http_status = 422
    message = _("That picture is too large. Please choose one of up to %(most)s kB.")


class NothingUploaded(DomainError):
    """Another file was uploaded meanwhile, or this one was taken over."""

    code = "nothing_uploaded"
    message = _("That file is not here any more. Please upload it again.")


class FileNeedsMending(DomainError):
    """The practice has changed since the file was looked at."""

    code = "file_needs_mending"
    message = _("The practice has changed meanwhile, and the file needs mending now. See below.")


class LogoRefused(DomainError):
    """The file is no picture by its bytes, or a damaged one."""

    code = "logo_refused"
    http_status = 422
    message = _("That is no PNG, WebP or JPEG picture that can be read. Please choose another one.")
