"""Importing a practice file: whole or not at all, and twice the same as once."""

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from alcove.availability.models import AvailabilityRule, DateOverride, ProviderCalendar, TimeOff
from alcove.billing import ledger
from alcove.billing.models import CreditEntry, Entitlement, Plan, Purchase, Subscription
from alcove.booking.models import CancellationReason
from alcove.core.models import Event
from alcove.people.models import Person, Practice
from alcove.practice_file.apply import IMPORTED, import_practice
from alcove.practice_file.problems import Refused
from alcove.practice_file.summary import Summary
from alcove.practice_file.write import export_practice
from alcove.rooms.models import Membership, Room
from tests.cast import NOW, Cast, at, book, make_person

FILE = """
practice: {name: Linden, time_zone: Europe/Berlin, notice_hours: 48, crisis_text: Call 112.}
cancellation_reasons:
- {en: I am ill, es: Tengo un problema de salud}
- {en: Another reason, es: Otro motivo}
plans:
- code: four
  name: Four sessions
  credits: 4
  offers: {video: [45, 30], chat: [30]}
  late_rule: fee
  late_fee: 37.50
  currency: EUR
people:
- {email: petra@example.org, name: Petra Provider, roles: [provider]}
- {email: cora@example.org, name: Cora Client, time_zone: America/Lima, language: es}
- {email: paul@example.org, name: Paul Partner}
- {email: ada@example.org, name: Ada Admin, roles: [admin]}
calendars:
- provider: petra@example.org
  offers: {video: [30, 45]}
  step_minutes: 30
  daily_limit: 5
  hours:
    monday: ["09:00-12:30", "14:00-18:00 video"]
    tuesday: []
  overrides:
  - {date: 2026-12-24, hours: ["09:00-12:00"]}
  - {date: 2026-12-25, hours: []}
  time_off:
  - {from: 2026-12-28, until: 2027-01-04 14:00, note: Holidays}
rooms:
- ref: couple
  kind: couples
  owner: cora@example.org
  partner: paul@example.org
  provider: petra@example.org
  plan: four
  starts_on: 2026-01-01
  ends_on: 2027-01-01
  credits:
  - {reference: welcome, count: 2, expires_on: 2026-12-31}
"""


def load(text: str = FILE, *, now: dt.datetime = NOW) -> Summary:
    return import_practice(text.encode(), now=now)


def problems(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        load(text)
    return [str(problem) for problem in refused.value.problems]


def fields(row: Any, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


@pytest.mark.django_db
def test_an_import_makes_the_practice() -> None:
    summary = load()
    assert str(summary) == (
        "practice              1 added\n"
        "cancellation reasons  2 added\n"
        "plans                 1 added\n"
        "people                4 added\n"
        "calendars             1 added\n"
        "rooms                 1 added\n"
        "grants of credits     1 added\n"
        "11 changes"
    )
    practice = Practice.load()
    assert fields(practice, "name", "notice_hours", "crisis_text") == ("Linden", 48, "Call 112.")
    assert [str(reason) for reason in CancellationReason.objects.all()] == [
        "I am ill",
        "Another reason",
    ]
    plan = Plan.objects.get()
    assert fields(plan, "credits_per_period", "late_rule", "late_fee_minor", "currency") == (
        4,
        "fee",
        3750,
        "EUR",
    )
    assert plan.offers == {"video": [30, 45], "chat": [30]}
    room = Room.objects.get()
    assert fields(room, "reference", "kind", "opened_at") == ("couple", "couples", NOW)
    assert sorted(Membership.objects.values_list("role", "person__email")) == [
        ("owner", "cora@example.org"),
        ("partner", "paul@example.org"),
        ("provider", "petra@example.org"),
    ]
    covered = Entitlement.objects.get()
    assert fields(covered, "plan", "starts_on", "ends_on", "state") == (
        plan,
        dt.date(2026, 1, 1),
        dt.date(2027, 1, 1),
        "active",
    )
    entry = CreditEntry.objects.get()
    assert fields(entry, "cause", "available") == ("import:couple:welcome", 2)
    assert entry.expires_at == dt.datetime(2026, 12, 30, 23, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_people_have_their_roles_and_can_sign_in_by_mailed_code() -> None:
    load()
    names = ("email", "time_zone", "language", "is_provider", "is_staff", "is_admin")
    assert [fields(person, *names) for person in Person.objects.order_by("email")] == [
        ("ada@example.org", "Europe/Berlin", "en", False, True, True),
        ("cora@example.org", "America/Lima", "es", False, False, False),
        ("paul@example.org", "Europe/Berlin", "en", False, False, False),
        ("petra@example.org", "Europe/Berlin", "en", True, False, False),
    ]
    addresses = EmailAddress.objects.filter(verified=True, primary=True)
    assert sorted(addresses.values_list("user__email", "email")) == [
        (person.email, person.email) for person in Person.objects.order_by("email")
    ]
    assert not any(person.has_usable_password() for person in Person.objects.all())


@pytest.mark.django_db
def test_a_calendar_has_its_hours_in_the_providers_zone() -> None:
    load()
    calendar = ProviderCalendar.objects.get()
    assert fields(calendar, "time_zone", "step_minutes", "daily_limit") == ("Europe/Berlin", 30, 5)
    every = ["video", "audio", "chat"]
    hours = ("start_minute", "end_minute", "modalities")
    assert list(AvailabilityRule.objects.values_list("weekday", *hours)) == [
        (0, 540, 750, every),
        (0, 840, 1080, ["video"]),
    ]
    assert list(DateOverride.objects.values_list("date", *hours)) == [
        (dt.date(2026, 12, 24), 540, 720, every),
        (dt.date(2026, 12, 25), None, None, []),
    ]
    off = TimeOff.objects.get()
    assert fields(off, "starts_at", "ends_at", "note") == (
        dt.datetime(2026, 12, 27, 23, tzinfo=dt.UTC),
        dt.datetime(2027, 1, 4, 13, tzinfo=dt.UTC),
        "Holidays",
    )


@pytest.mark.django_db
def test_a_second_import_changes_nothing() -> None:
    load()
    summary = load(now=at(9, 9))
    assert summary.changes == 0
    assert str(summary).splitlines()[-1] == "0 changes"
    assert CreditEntry.objects.count() == 1
    assert AvailabilityRule.objects.count() == 2
    assert Event.objects.filter(kind=IMPORTED).count() == 1


@pytest.mark.django_db
def test_an_edited_file_changes_what_it_names() -> None:
    load()
    # Another one, or Ada would have to stay an admin.
    make_person("Otto Other", is_admin=True)
    summary = load(
        "practice: {notice_hours: 12}\n"
        "plans: [{code: four, name: Five, offers: {video: [45]}, credits: 5}]\n"
        "people:\n"
        "- {email: paul@example.org, name: Paul Renamed, active: no}\n"
        "- {email: ada@example.org, name: Ada Admin, roles: [staff]}\n"
        "calendars:\n"
        "- provider: petra@example.org\n"
        "  offers: {video: [30, 45]}\n"
        "  daily_limit: null\n"
        "  hours: {monday: [10:00-11:00], friday: [10:00-11:00]}\n"
        "  overrides: [{date: 2026-12-25, hours: [10:00-11:00]}]\n"
        "  time_off: [{from: 2026-12-28, until: 2027-01-04 14:00, note: Snow}]\n"
        "rooms:\n"
        "- {ref: couple, kind: couples, owner: cora@example.org, provider: petra@example.org,\n"
        "   plan: four, starts_on: 2026-02-01, ends_on: null, state: unpaid}\n"
    )
    assert str(summary) == (
        "practice              1 changed\n"
        "plans                 1 changed\n"
        "people                2 changed\n"
        "calendars             1 changed\n"
        "rooms                 1 changed\n"
        "6 changes"
    )
    assert fields(Practice.load(), "name", "notice_hours") == ("Linden", 12)
    plan = Plan.objects.get(replaced_by=None)
    assert fields(plan, "version", "name", "credits_per_period", "late_rule") == (
        2,
        "Five",
        5,
        "fee",
    )
    paul = Person.objects.get(email="paul@example.org")
    assert fields(paul, "name", "is_active", "time_zone") == (
        "Paul Renamed",
        False,
        "Europe/Berlin",
    )
    ada = Person.objects.get(email="ada@example.org")
    assert fields(ada, "is_staff", "is_admin") == (True, False)
    assert ProviderCalendar.objects.get().daily_limit is None
    assert list(AvailabilityRule.objects.values_list("weekday", "start_minute")) == [
        (0, 600),
        (4, 600),
    ]
    assert list(DateOverride.objects.values_list("date", "start_minute")) == [
        (dt.date(2026, 12, 24), 540),
        (dt.date(2026, 12, 25), 600),
    ]
    assert [off.note for off in TimeOff.objects.all()] == ["Snow"]
    assert fields(Entitlement.objects.get(), "starts_on", "ends_on", "state") == (
        dt.date(2026, 2, 1),
        None,
        "unpaid",
    )
    assert Membership.objects.count() == 3


@pytest.mark.django_db
def test_a_room_is_closed_and_opened_again() -> None:
    load()
    load(FILE + "  state: closed\n", now=at(9, 9))
    room = Room.objects.get()
    assert room.closed_at == at(9, 9)
    assert load(FILE + "  state: closed\n", now=at(10, 9)).changes == 0
    load(FILE + "  state: active\n", now=at(11, 9))
    room.refresh_from_db()
    assert room.closed_at is None


def test_nobody_and_no_room_goes_by_a_file_while_sessions_are_to_come(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    ref = cast.room.code
    room = (
        f"rooms: [{{ref: {ref}, owner: cora@example.org, provider: petra@example.org, "
        "state: closed}]\n"
    )
    shut_out = "people: [{email: cora@example.org, name: Cora Client, active: no}]\n"
    demoted = "people: [{email: petra@example.org, name: Petra Provider, roles: []}]\n"

    assert problems(room) == [
        (
            f"line 1: room “{ref}” has coming sessions; close it on its page, where they are "
            "cancelled and everybody is told, or when there are none."
        )
    ]
    assert problems(shut_out) == [
        (
            "line 1: cora@example.org has coming sessions; deactivate them on their page, where "
            "these are cancelled and everybody is told, or when there are none."
        )
    ]
    assert problems(demoted) == [
        "line 1: petra@example.org has open rooms as a provider; close these rooms first."
    ]
    type(appointment).objects.filter(pk=appointment.pk).update(status="cancelled")
    assert load(room).changes == 1
    assert load(shut_out).changes == 1


def test_a_practice_of_many_rooms_takes_a_file_over(cast: Cast) -> None:
    """SQLite refuses statements that compare more than a thousand things one by one."""
    people = Person.objects.bulk_create(
        Person(email=f"p{number}@example.org", name=f"Person {number}", joined_at=NOW)
        for number in range(1100)
    )
    rooms = Room.objects.bulk_create(
        Room(kind="individual", owner=person, provider=cast.provider, opened_at=NOW)
        for person in people
    )
    Membership.objects.bulk_create(
        Membership(room=room, person=room.owner, role="owner", joined_at=NOW) for room in rooms
    )

    assert load("cancellation_reasons: []\n").changes == 0
    assert load(export_practice()).changes <= 1


@pytest.mark.django_db
def test_further_credits_come_under_a_reference_of_their_own() -> None:
    load()
    load(FILE + "  - {reference: present, count: 1}\n")
    assert ledger.balance(Room.objects.get(), NOW).available == 3
    assert problems(FILE.replace("count: 2", "count: 3")) == [
        (
            "line 42: “welcome” has granted 2 already and a grant is never edited; "
            "give further credits under a reference of their own."
        )
    ]


@pytest.mark.django_db
def test_one_wrong_entry_refuses_the_whole_file() -> None:
    wrong = FILE + "- {ref: other, owner: nobody@example.org, provider: petra@example.org}\n"
    assert problems(wrong) == [
        (
            "line 43: nobody has the address nobody@example.org; add them under people. "
            "Did you mean ada@example.org?"
        )
    ]
    assert (Person.objects.count(), Practice.objects.count(), Plan.objects.count()) == (0, 0, 0)
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_what_only_the_database_can_refuse_refuses_the_whole_file() -> None:
    load()
    changed = FILE.replace("owner: cora@example.org", "owner: ada@example.org").replace(
        "name: Linden", "name: Other"
    )
    assert problems(changed) == [
        (
            "line 35: the owner of room “couple” is cora@example.org and stays so; "
            "close the room and add another one."
        )
    ]
    assert Practice.load().name == "Linden"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("late_fee: 37.50", "late_fee: 0", "line 11: late_rule: a fee needs “late_fee”; add it."),
        ("37.50", "37.505", "line 12: late_fee: EUR has no such fraction."),
        (
            "from: 2026-12-28",
            "from: 2026-03-29 02:30",
            "line 31: from: the clock in Europe/Berlin skips 2026-03-29 02:30; choose another.",
        ),
    ],
)
def test_what_depends_on_other_values_is_checked_too(old: str, new: str, expected: str) -> None:
    assert problems(FILE.replace(old, new)) == [expected]
    assert Person.objects.count() == 0


@pytest.mark.django_db
def test_an_offset_says_which_pass_of_a_repeated_hour_is_meant() -> None:
    load(
        FILE.replace(
            "from: 2026-12-28, until: 2027-01-04 14:00",
            "from: 2026-10-25 02:30+02:00, until: 2026-10-25 02:30+01:00",
        )
    )

    off = TimeOff.objects.get()
    assert (off.starts_at, off.ends_at) == (at(25, 0, 30, month=10), at(25, 1, 30, month=10))
    for until, words in (
        ("02:30+02:00", "line 31: until is not after from."),
        ("02:30+15:00", "“+15:00” is not an offset from UTC; write it as +01:00."),
    ):
        text = FILE.replace(
            "from: 2026-12-28, until: 2027-01-04 14:00",
            f"from: 2026-10-25 02:30+02:00, until: 2026-10-25 {until}",
        )
        [problem] = problems(text)
        assert words in problem


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0001-01-01 00:00+14:00"])
def test_dates_at_the_ends_of_the_calendar_are_refused(day: str) -> None:
    text = FILE.replace(
        "from: 2026-12-28, until: 2027-01-04 14:00", f"from: {day}, until: 2027-01-04"
    )

    [problem] = problems(text)
    assert f"“{day[:10]}” is not a date from 1900 to 2200." in problem


@pytest.mark.django_db
def test_time_off_covers_both_passes_of_a_repeated_hour() -> None:
    load(
        FILE.replace(
            "from: 2026-12-28, until: 2027-01-04 14:00",
            "from: 2026-10-25 02:30, until: 2026-10-25 02:45",
        )
    )
    off = TimeOff.objects.get()
    assert (off.starts_at, off.ends_at) == (
        dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 45, tzinfo=dt.UTC),
    )


def test_a_partner_joins_a_room_only_while_it_has_no_coming_sessions(cast: Cast) -> None:
    room = cast.couples_room
    Room.objects.filter(pk=room.pk).update(reference="r1")
    Membership.objects.filter(room=room, role="partner").delete()
    text = (
        "rooms: [{ref: r1, kind: couples, owner: cora@example.org, partner: paul@example.org, "
        "provider: petra@example.org, plan: four, starts_on: 2026-03-01}]\n"
    )
    appointment = book(room, at(4, 9))
    assert problems(text) == [
        (
            "line 1: room “r1” has coming sessions, whose time the partner has not kept free; "
            "add the partner when there are none."
        )
    ]
    type(appointment).objects.filter(pk=appointment.pk).update(status="cancelled")
    assert load(text).changes == 1
    assert Membership.objects.filter(room=room, role="partner").count() == 1


@pytest.mark.django_db
def test_a_changed_primary_address_gives_way_to_the_practices() -> None:
    load()
    EmailAddress.objects.filter(user__email="cora@example.org").update(email="old@example.org")
    load()
    assert [
        address.email for address in EmailAddress.objects.filter(user__email="cora@example.org")
    ] == ["cora@example.org"]


@pytest.fixture
def renewed(cast: Cast) -> Subscription:
    """A plan that the client renews by card, paid to the end of the month."""
    purchase = Purchase.objects.create(
        room=cast.room,
        buyer=cast.client,
        item="plan",
        plan=cast.plan,
        amount_minor=20000,
        currency="USD",
        way="stripe",
        opened_at=NOW,
    )
    until = {"paid_until": at(1, 9, month=4), "ends_on": dt.date(2026, 4, 4)}
    Entitlement.objects.filter(room=cast.room).update(**until)
    return Subscription.objects.create(room=cast.room, purchase=purchase, gateway_key="sub_1")


def written(cast: Cast, **fields: str) -> bytes:
    """A file of the client's room with these fields."""
    lines = "".join(f"  {key}: {value}\n" for key, value in fields.items())
    return (
        f"rooms:\n- ref: {cast.room.code}\n  owner: {cast.client.email}\n"
        f"  provider: {cast.provider.email}\n{lines}"
    ).encode()


def test_older_file_takes_nothing_of_what_a_card_has_paid(
    cast: Cast, renewed: Subscription
) -> None:
    file = written(cast, plan="four", starts_on="2026-01-01", ends_on="2026-03-04")

    import_practice(file, now=NOW)

    assert str(Entitlement.objects.get(room=cast.room).ends_on) == "2026-04-04"
    renewed.refresh_from_db()
    assert renewed.stopped_at is None


@pytest.mark.parametrize(
    "fields", [{"plan": "other", "starts_on": "2026-03-01"}, {"state": "closed"}]
)
def test_file_with_another_plan_or_a_closed_room_stops_the_renewal(
    cast: Cast, renewed: Subscription, fields: dict[str, str]
) -> None:
    Plan.objects.create(code="other", name="Other", offers=cast.plan.offers)

    import_practice(written(cast, **fields), now=NOW)

    renewed.refresh_from_db()
    assert renewed.stopped_at == NOW
    assert Event.objects.filter(kind="plan.stopped").count() == 1


def test_file_with_another_price_is_told_to_whoever_renews_the_plan(
    cast: Cast, renewed: Subscription
) -> None:
    file = b"plans:\n- {code: four, name: Four sessions, price: 250, offers: {video: [45]}}\n"

    import_practice(file, now=NOW)

    [event] = Event.objects.filter(kind="plan.repriced")
    assert (event.data["amount_minor"], event.data["buyer"]) == (25000, cast.client.pk)
