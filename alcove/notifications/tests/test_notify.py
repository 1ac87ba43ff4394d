"""News goes by the channels that its reader left on, and by each of them once."""

import pytest
from pytest_django import Settings

from alcove.core import jobs
from alcove.core.models import Event
from alcove.notifications import carriers
from alcove.notifications.actions.notify import CalendarPart, notify
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.carriers import Carrier, Refused, carry
from alcove.notifications.kinds import Channel, Kind, chosen
from alcove.notifications.letters.letter import Letter, absolute
from alcove.notifications.models import Delivery, SwitchedOff
from alcove.people.models import Person
from tests.cast import NOW, Cast

EVERY_KIND = list(Kind)


class Devices:
    """A carrier of pushes to those who have a device, that keeps what it carried."""

    def __init__(self) -> None:
        self.owners: set[int] = set()
        self.carried: list[Delivery] = []
        self.refuses = False

    def send(self, delivery: Delivery) -> None:
        if self.refuses:
            raise Refused("the device is gone")
        self.carried.append(delivery)

    def reaches(self, person: Person) -> bool:
        return person.pk in self.owners

    def works(self) -> bool:
        return True


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> Devices:
    monkeypatch.setattr(carriers, "_carriers", dict(carriers._carriers))
    found = Devices()
    carry(Channel.PUSH, Carrier(send=found.send, reaches=found.reaches, works=found.works))
    return found


def event() -> Event:
    return Event.objects.create(kind="test", subject="x", actor="system", happened_at=NOW)


def letter() -> Letter:
    return Letter(
        subject="About your booking",
        title="Your booking has a new time",
        lines=["It was moved."],
        button="See your booking",
        url=absolute("booking:schedule", query="?a=b"),
    )


def tell(person: Person, *, about: Event, calendar: CalendarPart | None = None) -> None:
    notify(
        event=about,
        person=person,
        kind=Kind.BOOKINGS,
        letter=letter(),
        calendar=calendar,
        now=NOW,
    )


def switch_off(person: Person, channel: Channel, kind: Kind = Kind.BOOKINGS) -> None:
    SwitchedOff.objects.create(person=person, kind=kind, channel=channel)


def posted() -> list[tuple[str, str]]:
    rows = Delivery.objects.order_by("channel").values_list("channel", "kind")
    return [(channel, kind) for channel, kind in rows]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_wanted_by_every_channel_unless_switched_off(kind: Kind) -> None:
    every = [Channel.EMAIL, Channel.PUSH, Channel.PRODUCT]
    if kind == Kind.MESSAGES:
        # Its room shows what is new in it.
        every.remove(Channel.PRODUCT)
    assert chosen(kind, []) == every
    assert chosen(kind, [(kind, "email")]) == every[1:]
    others = [(other, "email") for other in EVERY_KIND if other != kind]
    assert chosen(kind, others) == every


def test_who_has_no_device_is_told_by_mail(cast: Cast, devices: Devices) -> None:
    tell(cast.client, about=event())

    assert posted() == [("email", "bookings")]


def test_who_has_a_device_is_told_by_push_too(cast: Cast, devices: Devices) -> None:
    devices.owners = {cast.client.pk}

    tell(cast.client, about=event())
    jobs.run_due(NOW)

    assert posted() == [("email", "bookings"), ("push", "bookings")]
    [push] = devices.carried
    assert (push.subject, push.text, push.html) == ("You have news", "", "")
    assert push.path == "/schedule/?a=b"
    assert Delivery.objects.get(channel="push").state == "sent"


def test_refused_push_is_no_matter_of_the_mail(cast: Cast, devices: Devices) -> None:
    devices.owners, devices.refuses = {cast.client.pk}, True

    tell(cast.client, about=event())
    jobs.run_due(NOW)

    assert list(Delivery.objects.order_by("channel").values_list("state", "last_error")) == [
        ("kept", ""),
        ("failed", "the device is gone"),
    ]


def test_channel_that_was_switched_off_is_not_used(cast: Cast, devices: Devices) -> None:
    devices.owners = {cast.client.pk}
    switch_off(cast.client, Channel.EMAIL)
    switch_off(cast.partner, Channel.PUSH)
    switch_off(cast.client, Channel.PUSH, Kind.CREDITS)

    tell(cast.client, about=event())

    assert posted() == [("push", "bookings")]


def test_calendar_goes_by_mail_whatever_was_chosen(cast: Cast, devices: Devices) -> None:
    switch_off(cast.client, Channel.EMAIL)
    switch_off(cast.client, Channel.PUSH)

    tell(cast.client, about=event(), calendar=CalendarPart("REQUEST", "BEGIN:VCALENDAR\r\n"))

    assert posted() == [("email", "bookings")]
    assert Delivery.objects.get().calendar_method == "REQUEST"


def test_who_is_told_again_of_one_event_gets_nothing_more(cast: Cast, devices: Devices) -> None:
    devices.owners = {cast.client.pk}
    happened = event()
    tell(cast.client, about=happened)
    tell(cast.client, about=happened)
    jobs.run_due(NOW)

    assert posted() == [("email", "bookings"), ("push", "bookings")]
    assert len(devices.carried) == 1


def test_who_cannot_sign_in_any_more_is_told_nothing(cast: Cast, devices: Devices) -> None:
    cast.client.is_active = False

    tell(cast.client, about=event())

    assert posted() == []


def test_letters_to_addresses_without_a_person_are_told_apart(
    cast: Cast, settings: Settings
) -> None:
    happened = event()

    def post(address: str) -> bool:
        unsaved = Delivery(event=happened, address=address, subject="Hello", text="Words")
        return post_letter(unsaved, now=NOW)

    assert (post("a@example.org"), post("b@example.org")) == (True, True)
    assert post("a@example.org") is False
    assert Delivery.objects.count() == 2
