"""What becomes of a booking that was missed, and of the word against that."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.core.formats import day_and_time, format_money
from alcove.notifications.letters.change import Change
from alcove.notifications.letters.letter import Letter, Role, absolute


def no_show(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider" or change.final_at is None:
        return None
    until = {"when": day_and_time(change.final_at, zone)}
    return Letter(
        subject=_("About your booking"),
        title=_("Your booking was marked as missed"),
        when=change.when(zone),
        lines=[
            _("If that is wrong, say so by %(when)s: the practice then looks at it.") % until,
            _("Until then nothing is final."),
        ],
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def disputed(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "provider":
        return None
    return Letter(
        subject=_("About a booking"),
        title=_("A booking that you marked as missed is disputed"),
        when=change.when(zone),
        lines=[_("The practice looks at what was recorded and decides.")],
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def decided(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    is_waived = change.verdict == "waived"
    lines = [
        _("It does not count as missed: the session credit is back.")
        if is_waived
        else _("It counts as missed.")
    ]
    if role == "owner" and not is_waived:
        lines += _missed_cost(change)
    return Letter(
        subject=_("About a booking") if role == "provider" else _("About your booking"),
        title=_("The practice has decided"),
        when=change.when(zone),
        lines=lines,
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def final(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "owner":
        return None
    return Letter(
        subject=_("About your booking"),
        title=_("Your booking counts as missed"),
        when=change.when(zone),
        lines=_missed_cost(change),
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def _missed_cost(change: Change) -> list[str]:
    """What a missed booking cost, by the rule that its client read when booking."""
    if change.cost.startswith("fee:"):
        _fee, minor, currency = change.cost.split(":")
        amount = format_money(int(minor), currency)
        return [_("A fee of %(amount)s applies to it.") % {"amount": amount}]
    return [_("It cost 1 session credit.")]
