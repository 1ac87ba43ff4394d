"""Whose calendar somebody may see and change: a provider's their own, and no other."""

from alcove.availability.models import ProviderCalendar
from alcove.core.errors import NotAllowed
from alcove.people.models import Person


def own_calendar(person: Person) -> ProviderCalendar:
    """The provider's calendar, not yet stored where they never set anything.

    Raises NotAllowed for people who are no providers.
    """
    if not person.is_provider:
        raise NotAllowed
    stored = ProviderCalendar.objects.filter(provider=person).first()
    return stored or ProviderCalendar(provider=person, time_zone=person.time_zone)


def lock_own_calendar(person: Person) -> ProviderCalendar:
    """The same, stored and locked until the transaction ends.

    The lock makes changes of one calendar wait for each other: without it two overlapping hours,
    added at once, would each find no other.
    """
    calendar = own_calendar(person)
    if calendar._state.adding:  # noqa: SLF001 - Django's documented way to ask
        ProviderCalendar.objects.get_or_create(
            provider=person, defaults={"time_zone": person.time_zone}
        )
    return ProviderCalendar.objects.select_for_update().get(provider=person)


def key_of(calendar: ProviderCalendar) -> str:
    """The opaque key by which events name this calendar."""
    return f"calendar:{calendar.pk}"
