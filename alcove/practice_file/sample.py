"""The sample practice, with a history: every page of the product has something to show.

What happened in it was done by the product's own actions at the instant they name, so the
ledger, the claims and the events are what real use would have left.
"""

import datetime as dt
from pathlib import Path

from django.db import transaction

from alcove.billing.actions.grant_credits import settle_periods
from alcove.booking.access import bookable_room_for
from alcove.booking.actions.cancel import cancel_appointment, consequence_for
from alcove.booking.actions.complete import complete_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.actions.hold import hold_slot
from alcove.booking.actions.lapse import lapse_appointment
from alcove.booking.actions.no_show import dispute_no_show, mark_no_show
from alcove.booking.actions.propose_times import propose_times
from alcove.booking.actions.request import request_appointment
from alcove.booking.models import Appointment, CancellationReason
from alcove.booking.queries import SlotSearch, room_terms
from alcove.booking.wishes import PARTS, Wished
from alcove.core import events
from alcove.core.models import Event
from alcove.live.access import entry_for
from alcove.live.actions.join import join_session, leave_session, let_in
from alcove.live.actions.note import note_path
from alcove.live.queries import attendance_facts, facts_for_people, stays_of
from alcove.people.models import Person, Practice
from alcove.practice_file.apply import import_practice
from alcove.rooms.actions.open_couples_room import start_couples_room
from alcove.rooms.models import Message, Room

FILE = Path(__file__).with_name("sample.yaml")
LOADED = "sample.loaded"

# Whom `alcove start` gives a sign-in link: one person for each role.
ROLES = {
    "client": "alex@example.org",
    "client of a couple": "jordan@example.org",
    "partner": "sam@example.org",
    "client, Spanish": "elena@example.org",
    "provider": "maya@example.org",
    "provider, Spanish": "lucia@example.org",
    "staff": "robin@example.org",
    "admin": "dana@example.org",
}

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
# The one page of everybody whose session is long over.
EPOCH = "sample-page-of-the-past"
# A week has hours of every provider in it, whatever the day; a little more is room to choose.
WINDOW = 8 * DAY


class NotEmpty(Exception):
    """There is a practice in the database already."""


def is_empty() -> bool:
    """Whether nobody and nothing was set up yet."""
    return not (Person.objects.exists() or Practice.objects.exists())


def is_sample() -> bool:
    """Whether the sample was loaded into this database."""
    return Event.objects.filter(kind=LOADED).exists()


@transaction.atomic
def load_sample(*, now: dt.datetime) -> None:
    """Fill an empty database with the sample as it stands at ``now``; NotEmpty otherwise."""
    if not is_empty():
        raise NotEmpty
    now = now.replace(second=0, microsecond=0)
    opened = now - 45 * DAY
    import_practice(FILE.read_bytes(), now=opened)
    events.record(LOADED, subject="practice", actor=events.SYSTEM, now=opened)
    _past(_Diary(now))
    _present(_Diary(now))


def _past(diary: "_Diary") -> None:
    """Five weeks of sessions that were: held, cancelled late, declined, unanswered, missed."""
    diary.held("alex-maya", ago=34 * DAY, length=45)
    diary.held("elena-lucia", ago=32 * DAY, length=60)
    diary.held("jordan-and-sam", ago=30 * DAY, length=60)
    diary.held("alex-maya", ago=24 * DAY, modality="audio", length=30)
    diary.cancelled_late("alex-lucia", ago=20 * DAY, length=45)
    diary.declined("elena-lucia", ago=15 * DAY, words="I am away that day. Another one suits me.")
    diary.cancelled_late("jordan-and-sam", ago=13 * DAY, length=45)
    diary.held("elena-lucia", ago=11 * DAY, length=45)
    diary.lapsed("alex-lucia", ago=10 * DAY)
    diary.missed(
        "alex-lucia", ago=10 * DAY, words="The link did not open on my phone. I wrote to you."
    )


def _present(diary: "_Diary") -> None:
    """What is to come, and the words that were exchanged about it."""
    diary.say("alex-maya", "alex", "Hello! I booked the first free time of the week.", ago=2 * DAY)
    diary.say("alex-maya", "maya", "Thank you, see you then.", ago=2 * DAY - HOUR)
    diary.confirmed("alex-maya", ago=26 * HOUR, ahead=2 * DAY, length=45)
    diary.confirmed("elena-lucia", ago=22 * HOUR, ahead=6 * DAY, length=60)
    diary.say("jordan-and-sam", "sam", "Any evening works for me.", ago=5 * HOUR)
    diary.requested("jordan-and-sam", ago=40 * MINUTE, ahead=3 * DAY, length=60)
    diary.requested("alex-lucia", ago=30 * MINUTE, ahead=5 * DAY, modality="chat", length=30)
    diary.requested("elena-lucia", ago=20 * MINUTE, ahead=2 * DAY, length=45)
    diary.invited("elena-lucia", "marcos@example.org", ago=HOUR)
    diary.requested("alex-maya", ago=10 * MINUTE, ahead=9 * DAY, modality="audio", length=30)
    diary.wished("jordan-and-sam", "sam", [2, 4], "evening", ago=5 * MINUTE)
    diary.wished("jordan-and-sam", "jordan", [1, 2, 4], "evening", ago=4 * MINUTE)


class _Diary:
    """Writes what happened, ``ago`` before the present, in the room of that reference."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.practice = Practice.load()
        self.rooms = {room.reference: room for room in Room.objects.select_related("owner")}

    def held(self, ref: str, *, ago: dt.timedelta, length: int, modality: str = "video") -> None:
        """A session that took place and was paid with its credit."""
        appointment = self.confirmed(ref, ago=ago, ahead=DAY, length=length, modality=modality)
        people = [member.person for member in appointment.room.memberships.select_related("person")]
        self.attended(appointment, [appointment.provider, *people], until=appointment.ends_at)
        complete_appointment(appointment=appointment, now=appointment.ends_at + MINUTE)

    def missed(self, ref: str, *, ago: dt.timedelta, words: str) -> None:
        """A session to which only the provider came; its client says why, and staff decide."""
        appointment = self.confirmed(ref, ago=ago, ahead=DAY, length=45)
        then = appointment.starts_at + 15 * MINUTE
        self.attended(appointment, [appointment.provider], until=then)
        mark_no_show(
            actor=appointment.provider,
            code=appointment.code,
            facts=attendance_facts(appointment, stays_of(appointment), self.practice),
            record=facts_for_people(appointment, self.practice),
            now=then,
        )
        client = self.rooms[ref].owner
        dispute_no_show(actor=client, code=appointment.code, words=words, now=then + HOUR)

    def attended(
        self, appointment: Appointment, people: list[Person], *, until: dt.datetime
    ) -> None:
        """Who was in the live room from the start on, and reached the others."""
        start = appointment.starts_at
        entries = [
            entry_for(person, appointment.code, now=start) for person in dict.fromkeys(people)
        ]
        for entry in entries:
            join_session(
                entry=entry, epoch=EPOCH, device=EPOCH, socket="", take_over=False, now=start
            )
            let_in(entry=entries[0], role=entry.role, now=start)
        for entry in entries:
            if len(entries) > 1:
                note_path(
                    entry=entry, epoch=EPOCH, to="provider", state="connected", now=start + MINUTE
                )
            leave_session(entry=entry, epoch=EPOCH, now=until)

    def cancelled_late(self, ref: str, *, ago: dt.timedelta, length: int) -> None:
        """A session that its client gave up three hours before it."""
        appointment = self.confirmed(ref, ago=ago, ahead=DAY, length=length)
        client = self.rooms[ref].owner
        then = appointment.starts_at - 3 * HOUR
        cancel_appointment(
            actor=client,
            code=appointment.code,
            reason=CancellationReason.objects.first(),
            words="",
            agreed=consequence_for(client, appointment, then).token,
            now=then,
        )

    def declined(self, ref: str, *, ago: dt.timedelta, words: str) -> None:
        """A request to which the provider said no."""
        appointment = self.requested(ref, ago=ago, ahead=3 * DAY, length=45)
        then = appointment.booked_at + 10 * MINUTE
        decline_appointment(
            actor=appointment.provider, code=appointment.code, words=words, now=then
        )

    def lapsed(self, ref: str, *, ago: dt.timedelta) -> None:
        """A request that nobody answered."""
        appointment = self.requested(ref, ago=ago, ahead=3 * DAY, length=45)
        lapse_appointment(appointment=appointment, now=appointment.confirm_by)

    def confirmed(
        self,
        ref: str,
        *,
        ago: dt.timedelta,
        ahead: dt.timedelta,
        length: int,
        modality: str = "video",
    ) -> Appointment:
        """A session that its provider confirmed ten minutes after the request."""
        appointment = self.requested(ref, ago=ago, ahead=ahead, length=length, modality=modality)
        return confirm_appointment(
            actor=appointment.provider,
            code=appointment.code,
            now=appointment.booked_at + 10 * MINUTE,
        )

    def requested(
        self,
        ref: str,
        *,
        ago: dt.timedelta,
        ahead: dt.timedelta,
        length: int,
        modality: str = "video",
    ) -> Appointment:
        """A request for a free time at least ``ahead`` of the moment of booking."""
        then = self.now - ago
        client = self.rooms[ref].owner
        room = bookable_room_for(client, self.rooms[ref].code)
        calendar, _entitlement = room_terms(room, self.practice, then).require_bookable()
        # As the server's own clock would have: credits come, and end, in their time.
        settle_periods({}, then)
        search = SlotSearch(room, calendar, modality, length, then)
        starts = search.starts(then + ahead, then + ahead + WINDOW)
        # Not the very first, so that not everybody comes at nine.
        hold = hold_slot(
            actor=client,
            room_code=room.code,
            modality=modality,
            length_minutes=length,
            starts_at=starts[len(starts) // 4],
            now=then,
        )
        return request_appointment(actor=client, hold_code=hold.code, now=then)

    def invited(self, ref: str, address: str, *, ago: dt.timedelta) -> None:
        """A couples room beside this one, whose partner has not answered; the outbox has the link."""
        start_couples_room(
            actor=self.rooms[ref].owner,
            beside=self.rooms[ref].code,
            address=address,
            now=self.now - ago,
        )

    def wished(
        self, ref: str, name: str, weekdays: list[int], part: str, *, ago: dt.timedelta
    ) -> None:
        """Times week after week that would suit somebody, for whom none of the free ones does."""
        propose_times(
            actor=Person.objects.get(email=f"{name}@example.org"),
            room_code=self.rooms[ref].code,
            modality="video",
            length_minutes=60,
            wished=[Wished(weekday, PARTS[part]) for weekday in weekdays],
            words="",
            now=self.now - ago,
        )

    def say(self, ref: str, name: str, words: str, *, ago: dt.timedelta) -> None:
        """A message in the room."""
        Message.objects.create(
            room=self.rooms[ref],
            author=Person.objects.get(email=f"{name}@example.org"),
            body=words,
            written_at=self.now - ago,
        )
