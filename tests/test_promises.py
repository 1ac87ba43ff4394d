"""Whatever people do and in whatever order: credits, claims and statuses stay true together."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alcove.billing.ledger import Balance, balance
from alcove.booking.actions.complete import complete_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.actions.lapse import lapse_requests
from alcove.booking.models import ACTIVE, Appointment, FreedTime, TimeClaim
from alcove.core.errors import DomainError
from alcove.core.models import Event
from alcove.rooms.models import Room
from tests.cast import CREDITS, NOW, Cast, at, book, cancel, move

# Close together, so that rooms meet: these two days have sessions that overlap and touch.
STARTS = [at(day, hour, minute) for day in (3, 4) for hour in (8, 9) for minute in (0, 45)]


@dataclass
class World:
    """What must be true, kept by hand beside the product."""

    cast: Cast
    now: dt.datetime = NOW

    @property
    def rooms(self) -> list[Room]:
        return [self.cast.room, self.cast.couples_room, self.cast.strangers_room]

    def active(self) -> list[Appointment]:
        rows = Appointment.objects.filter(status__in=ACTIVE).select_related("room__owner")
        return list(rows.order_by("id"))

    def pick(self, choice: int) -> Appointment | None:
        rows = self.active()
        return rows[choice % len(rows)] if rows else None


def act_book(world: World, choice: int, other: int) -> None:
    book(world.rooms[other % 3], STARTS[choice % len(STARTS)], now=world.now)


def act_confirm(world: World, choice: int, other: int) -> None:
    if picked := world.pick(choice):
        confirm_appointment(actor=world.cast.provider, code=picked.code, now=world.now)


def act_decline(world: World, choice: int, other: int) -> None:
    if picked := world.pick(choice):
        decline_appointment(actor=world.cast.provider, code=picked.code, words="", now=world.now)


def act_cancel(world: World, choice: int, other: int) -> None:
    if picked := world.pick(choice):
        actor = world.cast.provider if other % 3 == 0 else picked.room.owner
        cancel(picked, actor=actor, agreed=("free", "credit")[other % 2], now=world.now)


def act_move(world: World, choice: int, other: int) -> None:
    if picked := world.pick(choice):
        agreed = ("free", "credit")[other % 2]
        move(picked, STARTS[other % len(STARTS)], agreed=agreed, now=world.now)


def act_wait(world: World, choice: int, other: int) -> None:
    world.now += dt.timedelta(minutes=20 * choice)


def act_settle(world: World, choice: int, other: int) -> None:
    lapse_requests({}, world.now)
    for row in Appointment.objects.filter(status="confirmed", ends_at__lte=world.now):
        complete_appointment(appointment=row, now=world.now)


ACTS: list[Callable[[World, int, int], None]] = [
    *(act_book, act_book, act_book, act_confirm, act_confirm, act_cancel),
    *(act_move, act_decline, act_wait, act_settle),
]
HISTORIES = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 19), st.integers(0, 19)), max_size=20
)


def assert_everything_is_true(world: World) -> None:
    active = world.active()
    for room in world.rooms:
        mine = [row for row in active if row.room_id == room.pk]
        lost = FreedTime.objects.filter(room=room, restored_at=None).count()
        spent = Appointment.objects.filter(room=room, status="completed").count()
        assert balance(room, world.now) == Balance(
            available=CREDITS - len(mine) - lost - spent, held=len(mine)
        )
    claimed = {
        (claim.appointment_id, claim.person_id): (claim.starts_at, claim.ends_at)
        for claim in TimeClaim.objects.filter(hold=None)
    }
    rest = dt.timedelta(minutes=10)
    assert claimed == {
        (row.pk, member.person_id): (
            row.starts_at,
            row.ends_at + (rest if member.role == "provider" else dt.timedelta()),
        )
        for row in active
        for member in row.room.memberships.all()
    }
    assert Event.objects.filter(kind__startswith="appointment.").count() == sum(
        # One for the booking itself, and one for each version after it.
        Appointment.objects.values_list("version", flat=True)
    )


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_every_history_leaves_credits_claims_and_events_true(
    cast: Cast, history: list[tuple[Callable[[World, int, int], None], int, int]]
) -> None:
    with transaction.atomic():
        world = World(cast)
        for act, choice, other in history:
            # A refusal is an answer too, as long as it leaves everything true.
            with suppress(DomainError), transaction.atomic():
                act(world, choice, other)
            assert_everything_is_true(world)
        transaction.set_rollback(True)
