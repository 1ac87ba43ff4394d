"""What can go wrong with a provider's hours."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class EndsBeforeStart(DomainError):
    """The end is not after the start."""

    code = "ends_before_start"
    http_status = 422
    message = _(
        "The end must come after the start. For hours past midnight end these at midnight "
        "and add the rest to the next day."
    )


class NoSessionType(DomainError):
    """Hours without a session type would offer nothing."""

    code = "no_session_type"
    http_status = 422
    message = _("Choose at least one session type.")


class NoWeekday(DomainError):
    """Weekly hours need a day."""

    code = "no_weekday"
    http_status = 422
    message = _("Choose at least one day.")


class HoursOverlap(DomainError):
    """Two spans of one day share time and a session type."""

    code = "hours_overlap"
    http_status = 422
    message = _(
        "These hours overlap with %(span)s on %(day)s for the same session type. "
        "Change those, or choose other times."
    )


class DateHasHours(DomainError):
    """A date is either closed or has hours of its own."""

    code = "date_has_hours"
    http_status = 422
    message = _("You have already set %(day)s: %(span)s. Remove that first.")


class DateIsPast(DomainError):
    """The date is over in the provider's zone."""

    code = "date_is_past"
    http_status = 422
    message = _("%(day)s is over. Choose today or a later date.")


class TimeOffBackwards(DomainError):
    """Time off that lasts no time at all."""

    code = "time_off_backwards"
    http_status = 422
    message = _("The end of your time off must come after its start.")


class TimeOffIsPast(DomainError):
    """Time off that is over changes nothing."""

    code = "time_off_is_past"
    http_status = 422
    message = _("That time is over. Choose an end that is still to come.")


class SkippedHour(DomainError):
    """The wall clock never shows this time: the clocks are put forward over it."""

    code = "skipped_hour"
    http_status = 422
    message = _(
        "%(wall)s does not exist in %(zone)s: the clocks are put forward then. "
        "Choose a time an hour earlier or later."
    )


class UnknownStay(DomainError):
    """Being available now lasts one of a few lengths, so that nobody forgets it overnight."""

    code = "unknown_stay"
    http_status = 422
    message = _("Choose 30 minutes, 1 hour or 2 hours.")


class OnLeave(DomainError):
    """A provider on leave takes no sessions, and could not be rung."""

    code = "on_leave"
    message = _(
        "You are on leave until %(day)s, so no client can ring you. End your leave first, in "
        "your booking settings."
    )
