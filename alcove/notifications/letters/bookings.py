"""What happens to a booking, from the request to its end."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.core.formats import day_and_time, format_money
from alcove.notifications.letters.change import Change
from alcove.notifications.letters.letter import Letter, Role, absolute


def requested(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    deadline = {"when": day_and_time(change.confirm_by, zone)}
    if role == "provider":
        return Letter(
            subject=_("A request waits for your answer"),
            title=_("A new request"),
            when=change.when(zone),
            lines=[_("Please answer by %(when)s. After that it lapses by itself.") % deadline],
            button=_("Answer the request"),
            url=absolute("booking:request", change.code),
        )
    return Letter(
        subject=_("About your booking"),
        title=_("We have asked for your time"),
        when=change.when(zone),
        lines=[_("You will hear by %(when)s whether it is confirmed.") % deadline],
        button=_("See your booking"),
        url=change.page,
    )


def confirmed(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    lines = [_("The invitation in this message puts it into your calendar.")]
    if role == "owner":
        lines += _late_change(change)
        if change.free_until > change.happened_at:
            until = day_and_time(change.free_until, zone)
            lines.append(_("Changes are free until %(when)s.") % {"when": until})
    return Letter(
        subject=_("Your session is confirmed! Mark your calendar."),
        keeps_subject=True,
        title=_("Your session is confirmed"),
        when=change.when(zone),
        lines=lines,
        # The page that it is joined on; until then it counts down and leads to everything else.
        button=_("Join your session"),
        url=absolute("live:session", change.code),
    )


def rescheduled(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    deadline = {"when": day_and_time(change.confirm_by, zone)}
    lines = []
    if change.former_starts_at is not None:
        former = day_and_time(change.former_starts_at, zone)
        lines.append(_("It was moved from %(when)s.") % {"when": former})
    if role == "provider":
        lines.append(_("Please confirm the new time by %(when)s.") % deadline)
        return Letter(
            subject=_("A new time waits for your answer"),
            title=_("A booking has a new time"),
            when=change.when(zone),
            lines=lines,
            button=_("Answer the request"),
            url=absolute("booking:request", change.code),
        )
    lines.append(_("You will hear by %(when)s whether it is confirmed.") % deadline)
    if role == "owner":
        lines += _late_change(change)
    return Letter(
        subject=_("About your booking"),
        title=_("Your booking has a new time"),
        when=change.when(zone),
        lines=lines,
        button=_("See your booking"),
        url=change.page,
    )


def declined(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider":
        # They know. But where an invitation went out, their calendar must hear of it too.
        return _taken_out(change, zone) if change.was_confirmed else None
    if change.proposal and not change.was_confirmed:
        # The letter that offers other times tells it, too.
        return None
    lines = [_("The time you asked for is not possible.")]
    if role == "owner":
        lines.append(_("Your session credit is back, and you can choose another time."))
    return Letter(
        subject=_("About your booking"),
        title=_("Your request was not accepted"),
        when=change.when(zone),
        lines=lines,
        button=_("See your booking"),
        url=change.page,
    )


def _taken_out(change: Change, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("About a booking"),
        title=_("A booking was taken out of your calendar"),
        when=change.when(zone),
        lines=[_("You declined this request, and the time is free again.")],
        button=_("See the booking"),
        url=change.page,
    )


def lapsed(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    if role == "provider":
        return Letter(
            subject=_("About a booking"),
            title=_("A request was not answered in time"),
            when=change.when(zone),
            lines=[_("It has lapsed, and the time is free again.")],
            button=_("See the booking"),
            url=change.page,
        )
    lines = [_("Nobody answered in time, so your request has lapsed.")]
    if role == "partner":
        return Letter(
            subject=_("About your booking"),
            title=_("Your request has lapsed"),
            when=change.when(zone),
            lines=lines,
            button=_("See your booking"),
            url=change.page,
        )
    return Letter(
        subject=_("About your booking"),
        title=_("Your request has lapsed"),
        when=change.when(zone),
        lines=[*lines, _("Your session credit is back.")],
        times_title=_("The next free times are:") if change.free_times else "",
        times=[day_and_time(start, zone) for start in change.free_times],
        button=_("Choose another time"),
        url=absolute(
            "booking:new_time",
            change.room,
            query=f"?modality={change.modality}&length={change.minutes}",
        ),
    )


def cancelled(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    if role == "provider":
        subject, button = _("About a booking"), _("See the booking")
        title = _("A booking was cancelled")
    else:
        subject, button = _("About your booking"), _("See your booking")
        title = _("Your booking was cancelled")
    return Letter(
        subject=subject,
        title=title,
        when=change.when(zone),
        lines=_why_it_ended(change, role),
        button=button,
        url=change.page,
    )


def _why_it_ended(change: Change, role: Role) -> list[str]:
    """What a cancelled booking cost, or the recorded fact that ended it."""
    if change.cause:
        fact = {
            "provider_absent": _("By what was recorded, the practice's side did not come."),
            "not_connected": _("By what was recorded, you could not be connected."),
        }[change.cause]
        return [fact, _("Nobody pays for it, and the session credit is back.")]
    if role == "owner":
        return _late_change(change) or [_("It cost nothing, and your session credit is back.")]
    return [_("The time is free again.")]


def _late_change(change: Change) -> list[str]:
    """What a late change cost, as its page had said before the click (R12); nothing if free."""
    if change.cost == "credit":
        return [
            _("This late change cost 1 session credit."),
            _("It comes back by itself when somebody else takes the time."),
        ]
    if change.cost.startswith("fee:"):
        _fee, minor, currency = change.cost.split(":")
        amount = format_money(int(minor), currency)
        return [_("A fee of %(amount)s applies to this late change.") % {"amount": amount}]
    return []
