"""Finding a time together (R6): wishes, offers, and what each may do."""

import datetime as dt
from typing import Any

import pytest

from alcove.availability.slots import WallSpan
from alcove.billing.errors import NotEnoughCredits
from alcove.billing.ledger import balance
from alcove.billing.models import CreditEntry
from alcove.booking.actions.accept_time import accept_time
from alcove.booking.actions.answer_proposal import (
    decline_wish,
    refuse_times,
    take_back_times,
    withdraw_wish,
)
from alcove.booking.actions.offer_times import offer_times
from alcove.booking.actions.propose_times import propose_times
from alcove.booking.actions.settle_proposals import settle_proposals
from alcove.booking.errors import (
    NoTimesMarked,
    NotOffered,
    NotRoomOwner,
    NoUsefulTimes,
    OfferedTimeImpossible,
    OfferedTimeTaken,
    OfferNeedsTimes,
    OfferOver,
    ProposalSettled,
    RoomNotBookable,
    SlotTaken,
    TimesWait,
    TooManyTimes,
)
from alcove.booking.models import (
    Appointment,
    OfferedTime,
    SlotHold,
    TimeClaim,
    TimeProposal,
    TimeWish,
)
from alcove.booking.wishes import PARTS, Wished
from alcove.core.errors import NotAllowed, NotFound
from alcove.core.models import Event
from alcove.people.models import Person
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, book_confirmed, hold
from tests.untouched import refused

MONDAY_EVENINGS = Wished(0, PARTS["evening"])
WEDNESDAY = Wished(dt.date(2026, 3, 4), PARTS["morning"])
State = TimeProposal.State


def wish(
    room: Room,
    *wished: Wished,
    actor: Person | None = None,
    now: dt.datetime = NOW,
    **changes: Any,
) -> TimeProposal:
    """Times shared by the room's owner, unless somebody else tries."""
    asked = {"modality": "video", "length_minutes": 45, "words": "", **changes}
    return propose_times(
        actor=actor or room.owner,
        room_code=room.code,
        wished=wished or (WEDNESDAY,),
        now=now,
        **asked,
    )


def offer(
    room: Room,
    *starts: dt.datetime,
    actor: Person | None = None,
    now: dt.datetime = NOW,
    **changes: Any,
) -> TimeProposal:
    """Times offered by the room's provider, unless somebody else tries."""
    asked = {"modality": "video", "length_minutes": 45, "words": "", **changes}
    return offer_times(
        actor=actor or room.provider,
        room_code=room.code,
        starts=starts or (at(4, 19), at(5, 19)),
        now=now,
        **asked,
    )


def kinds() -> list[str]:
    """What has happened about times and sessions, in order."""
    happened = Event.objects.exclude(kind__startswith="credit.").order_by("id")
    return list(happened.values_list("kind", flat=True))


class TestWish:
    def test_it_waits_for_the_provider(self, cast: Cast) -> None:
        proposal = wish(cast.room, WEDNESDAY, MONDAY_EVENINGS, words="After work is best.")

        assert proposal.state == State.OPEN
        assert proposal.answer_by == NOW + dt.timedelta(hours=72)
        kept = TimeWish.objects.get()
        assert (kept.person, kept.zone, kept.words) == (
            cast.client,
            "Europe/Berlin",
            "After work is best.",
        )
        times = kept.times.values_list("date", "weekday", "start_minute", "end_minute")
        assert set(times) == {
            (dt.date(2026, 3, 4), None, 360, 720),
            (None, 0, 1020, 1320),
        }
        assert kinds() == ["proposal.sent"]
        assert not TimeClaim.objects.exists()

    def test_marking_again_replaces_the_own_wish(self, cast: Cast) -> None:
        first = wish(cast.room, WEDNESDAY)
        second = wish(cast.room, MONDAY_EVENINGS, length_minutes=30, now=at(2, 12))

        assert second.pk == first.pk
        assert second.length_minutes == 30
        assert second.answer_by == at(5, 12)
        assert [one.weekday for one in TimeWish.objects.get().times.all()] == [0]

    def test_partner_suggests_and_the_owner_sends(self, cast: Cast) -> None:
        suggested = wish(cast.couples_room, WEDNESDAY, actor=cast.partner)

        assert suggested.state == State.SUGGESTED
        sent = wish(cast.couples_room, MONDAY_EVENINGS)
        assert (sent.pk, sent.state) == (suggested.pk, State.OPEN)
        zones = {one.person_id: one.zone for one in sent.wishes.all()}
        assert zones == {cast.client.pk: "Europe/Berlin", cast.partner.pk: "America/Lima"}
        assert kinds() == ["proposal.suggested", "proposal.sent"]

    def test_partner_adds_to_what_the_owner_sent(self, cast: Cast) -> None:
        wish(cast.couples_room)

        proposal = wish(cast.couples_room, MONDAY_EVENINGS, actor=cast.partner, length_minutes=30)

        assert (proposal.state, proposal.length_minutes) == (State.OPEN, 45)
        assert proposal.wishes.count() == 2

    @pytest.mark.parametrize(
        ("wished", "error"),
        [
            ([], NoTimesMarked),
            ([Wished(dt.date(2026, 3, 1), PARTS["morning"])], NoUsefulTimes),
            ([Wished(dt.date(2026, 3, 4), WallSpan(600, 640))], NoUsefulTimes),
            ([Wished(dt.date(2027, 3, 4), PARTS["morning"])], NoUsefulTimes),
            ([WEDNESDAY] * 201, TooManyTimes),
        ],
    )
    def test_times_of_no_use_are_refused(
        self, cast: Cast, wished: list[Wished], error: type[Any]
    ) -> None:
        with refused(error):
            propose_times(
                actor=cast.client,
                room_code=cast.room.code,
                modality="video",
                length_minutes=45,
                wished=wished,
                words="",
                now=NOW,
            )

    def test_it_is_for_what_the_room_includes(self, cast: Cast) -> None:
        with refused(NotOffered):
            wish(cast.room, modality="chat")

    def test_room_that_cannot_be_booked_takes_none(self, cast: Cast) -> None:
        cast.room.closed_at = NOW
        cast.room.save()

        with refused(RoomNotBookable):
            wish(cast.room)

    def test_others_have_no_wish(self, cast: Cast) -> None:
        with refused(NotAllowed):
            wish(cast.room, actor=cast.provider)
        for other in (cast.stranger, cast.staff, cast.second_provider, cast.partner):
            with refused(NotFound):
                wish(cast.room, actor=other)

    def test_it_waits_while_times_are_offered(self, cast: Cast) -> None:
        offer(cast.room)

        with refused(TimesWait):
            wish(cast.room)


class TestOffer:
    def test_times_outside_the_hours_are_held_for_everybody(self, cast: Cast) -> None:
        wish(cast.couples_room)

        proposal = offer(cast.couples_room, at(4, 19), at(7, 3), words="Late is fine.")

        assert (proposal.state, proposal.words) == (State.OFFERED, "Late is fine.")
        claimed = TimeClaim.objects.values_list("person_id", "starts_at", "ends_at")
        ten = dt.timedelta(minutes=10)
        assert set(claimed) == {
            (person.pk, start, start + dt.timedelta(minutes=45) + rest)
            for start in (at(4, 19), at(7, 3))
            for person, rest in [
                (cast.client, dt.timedelta()),
                (cast.partner, dt.timedelta()),
                (cast.provider, ten),
            ]
        }
        assert proposal.answer_by == NOW + dt.timedelta(hours=48)
        assert [one.hold.expires_at for one in proposal.offered.all() if one.hold] == [
            NOW + dt.timedelta(hours=48)
        ] * 2
        assert kinds() == ["proposal.sent", "times.offered"]

    def test_unasked_it_begins_the_exchange(self, cast: Cast) -> None:
        proposal = offer(cast.room)

        assert proposal.opened_by == cast.provider
        assert proposal.state == State.OFFERED

    def test_a_start_that_is_near_ends_its_own_hold(self, cast: Cast) -> None:
        proposal = offer(cast.room, at(2, 11), at(9, 11))

        holds = [one.hold.expires_at for one in proposal.offered.all() if one.hold]
        assert holds == [at(2, 11), NOW + dt.timedelta(hours=48)]

    def test_nobody_can_book_an_offered_time(self, cast: Cast) -> None:
        offer(cast.room, at(4, 9))

        with refused(SlotTaken):
            hold(cast.strangers_room, at(4, 9))
        with refused(SlotTaken):
            hold(cast.room, at(4, 9))

    def test_an_expired_offer_blocks_nobody(self, cast: Cast) -> None:
        offer(cast.room, at(5, 10))

        kept = hold(cast.strangers_room, at(5, 10), now=NOW + dt.timedelta(hours=49))

        assert kept.starts_at == at(5, 10)

    def test_choosing_another_time_leaves_the_offer_alone(self, cast: Cast) -> None:
        proposal = offer(cast.room, at(4, 9))

        book(cast.room, at(5, 9))

        assert proposal.offered.filter(hold__isnull=False).count() == 1

    @pytest.mark.parametrize(
        ("starts", "error"),
        [
            ([at(4, 9), at(4, 9)], OfferNeedsTimes),
            ([at(4, 9), at(5, 9), at(6, 9), at(9, 9)], OfferNeedsTimes),
            ([NOW], OfferedTimeImpossible),
            ([at(4, 9).replace(year=2028)], OfferedTimeImpossible),
            ([at(4, 9).replace(second=1)], OfferedTimeImpossible),
            ([at(4, 9), at(4, 9, 30)], OfferedTimeTaken),
        ],
    )
    def test_impossible_times_are_refused(
        self, cast: Cast, starts: list[dt.datetime], error: type[Any]
    ) -> None:
        with refused(error):
            offer(cast.room, *starts)

    def test_no_time_is_none(self, cast: Cast) -> None:
        with refused(OfferNeedsTimes):
            offer_times(
                actor=cast.provider,
                room_code=cast.room.code,
                modality="video",
                length_minutes=45,
                starts=[],
                words="",
                now=NOW,
            )

    def test_sessions_of_anybody_in_the_room_stand_in_the_way(self, cast: Cast) -> None:
        book_confirmed(cast.strangers_room, at(4, 9))
        book(cast.second_room, at(5, 15))

        with refused(OfferedTimeTaken):
            offer(cast.room, at(4, 9))
        with refused(OfferedTimeTaken):
            offer(cast.room, at(5, 15))

    def test_one_offer_waits_at_once(self, cast: Cast) -> None:
        offer(cast.room)

        with refused(TimesWait):
            offer(cast.room, at(6, 9))

    def test_only_the_rooms_provider_offers(self, cast: Cast) -> None:
        with refused(NotAllowed):
            offer(cast.couples_room, actor=cast.client)
        with refused(NotAllowed):
            offer(cast.couples_room, actor=cast.partner)
        for other in (cast.stranger, cast.staff, cast.second_provider):
            with refused(NotFound):
                offer(cast.room, actor=other)

    def test_instead_of_a_request_it_declines_that(self, cast: Cast) -> None:
        request = book(cast.room, at(4, 9))

        proposal = offer(cast.room, at(4, 9, 15), instead_of=request.code, words="A bit later?")

        request.refresh_from_db()
        assert request.status == "declined"
        proposal.refresh_from_db()
        assert proposal.instead_of == request
        assert balance(cast.room, NOW).available == 4
        assert kinds() == ["appointment.requested", "appointment.declined", "times.offered"]

    def test_a_refused_offer_declines_nothing(self, cast: Cast) -> None:
        request = book(cast.room, at(4, 9))
        book_confirmed(cast.strangers_room, at(5, 9))

        with refused(OfferedTimeTaken):
            offer(cast.room, at(5, 9), instead_of=request.code)


class TestAcceptance:
    def test_it_is_booked_and_confirmed(self, cast: Cast) -> None:
        wish(cast.couples_room)
        proposal = offer(cast.couples_room, at(4, 19), at(5, 19))

        session = accept_time(actor=cast.client, code=proposal.code, starts_at=at(5, 19), now=NOW)

        assert (session.status, session.starts_at) == ("confirmed", at(5, 19))
        assert session.was_confirmed
        proposal.refresh_from_db()
        assert (proposal.state, proposal.became) == (State.ACCEPTED, session)
        claims = TimeClaim.objects.values_list("person_id", "appointment_id")
        assert set(claims) == {
            (person.pk, session.pk) for person in (cast.client, cast.partner, cast.provider)
        }
        assert not SlotHold.objects.exists()
        assert list(OfferedTime.objects.values_list("hold", flat=True)) == [None, None]
        entries = CreditEntry.objects.filter(room=cast.couples_room).order_by("id")
        assert [entry.kind for entry in entries] == ["granted", "reserved"]
        assert kinds() == [
            "proposal.sent",
            "times.offered",
            "times.accepted",
            "appointment.confirmed",
        ]

    def test_a_second_tap_has_no_second_effect(self, cast: Cast) -> None:
        proposal = offer(cast.room, at(4, 19), at(5, 19))
        first = accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=NOW)

        again = accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=NOW)

        assert again == first
        with refused(ProposalSettled):
            accept_time(actor=cast.client, code=proposal.code, starts_at=at(5, 19), now=NOW)
        assert Appointment.objects.count() == 1

    def test_only_offered_times_that_are_kept(self, cast: Cast) -> None:
        proposal = offer(cast.room, at(2, 11), at(5, 19))

        with refused(OfferOver):
            accept_time(actor=cast.client, code=proposal.code, starts_at=at(6, 9), now=NOW)
        with refused(OfferOver):
            accept_time(
                actor=cast.client, code=proposal.code, starts_at=at(2, 11), now=at(2, 11, 1)
            )
        with refused(OfferOver):
            accept_time(actor=cast.client, code=proposal.code, starts_at=at(5, 19), now=at(4, 9))

    def test_without_a_credit_nothing_is_booked(self, cast: Cast) -> None:
        for hour in (9, 11, 13, 15):
            book(cast.room, at(10, hour))
        proposal = offer(cast.room)

        with refused(NotEnoughCredits):
            accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=NOW)

    def test_only_who_schedules(self, cast: Cast) -> None:
        proposal = offer(cast.couples_room)

        with refused(NotRoomOwner):
            accept_time(actor=cast.partner, code=proposal.code, starts_at=at(4, 19), now=NOW)
        with refused(NotAllowed):
            accept_time(actor=cast.provider, code=proposal.code, starts_at=at(4, 19), now=NOW)
        for other in (cast.stranger, cast.staff, cast.second_provider):
            with refused(NotFound):
                accept_time(actor=other, code=proposal.code, starts_at=at(4, 19), now=NOW)


class TestOtherEnds:
    def test_none_suits_and_the_wish_waits_again(self, cast: Cast) -> None:
        wish(cast.room)
        proposal = offer(cast.room)

        refuse_times(actor=cast.client, code=proposal.code, now=at(3, 9))

        proposal.refresh_from_db()
        assert (proposal.state, proposal.answer_by) == (State.OPEN, at(6, 9))
        assert not TimeClaim.objects.exists()
        assert offer(cast.room, at(9, 9), now=at(3, 10)).pk == proposal.pk
        assert [one.starts_at for one in proposal.offered.all()] == [at(9, 9)]

    def test_none_suits_of_an_unasked_offer_ends_it(self, cast: Cast) -> None:
        proposal = offer(cast.room)

        refuse_times(actor=cast.client, code=proposal.code, now=NOW)

        proposal.refresh_from_db()
        assert proposal.state == State.DECLINED

    def test_provider_takes_the_offer_back(self, cast: Cast) -> None:
        wish(cast.room)
        proposal = offer(cast.room)

        take_back_times(actor=cast.provider, code=proposal.code, now=NOW)

        proposal.refresh_from_db()
        assert proposal.state == State.OPEN
        assert not SlotHold.objects.exists()
        with refused(ProposalSettled):
            accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=NOW)

    def test_provider_declines_the_wish(self, cast: Cast) -> None:
        proposal = wish(cast.room)

        decline_wish(actor=cast.provider, code=proposal.code, words="I am away.", now=NOW)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.words) == (State.DECLINED, "I am away.")
        with refused(ProposalSettled):
            decline_wish(actor=cast.provider, code=proposal.code, words="", now=NOW)

    def test_owner_withdraws(self, cast: Cast) -> None:
        wish(cast.room)
        proposal = offer(cast.room)

        withdraw_wish(actor=cast.client, code=proposal.code, now=NOW)

        proposal.refresh_from_db()
        assert proposal.state == State.WITHDRAWN
        assert not TimeClaim.objects.exists()
        assert wish(cast.room).pk != proposal.pk

    def test_partner_withdraws_only_their_own(self, cast: Cast) -> None:
        proposal = wish(cast.couples_room)
        wish(cast.couples_room, actor=cast.partner)

        withdraw_wish(actor=cast.partner, code=proposal.code, now=NOW)

        proposal.refresh_from_db()
        assert proposal.state == State.OPEN
        assert [one.person for one in proposal.wishes.all()] == [cast.client]
        with refused(NotAllowed):
            withdraw_wish(actor=cast.partner, code=proposal.code, now=NOW)

    def test_partners_lone_suggestion_ends_with_them(self, cast: Cast) -> None:
        proposal = wish(cast.couples_room, actor=cast.partner)

        withdraw_wish(actor=cast.partner, code=proposal.code, now=NOW)

        proposal.refresh_from_db()
        assert proposal.state == State.WITHDRAWN

    def test_each_act_is_one_sides(self, cast: Cast) -> None:
        proposal = wish(cast.couples_room)
        with refused(NotAllowed):
            withdraw_wish(actor=cast.provider, code=proposal.code, now=NOW)
        for client in (cast.client, cast.partner):
            with refused(NotAllowed):
                decline_wish(actor=client, code=proposal.code, words="", now=NOW)
        offer(cast.couples_room)
        with refused(NotRoomOwner):
            refuse_times(actor=cast.partner, code=proposal.code, now=NOW)
        with refused(NotAllowed):
            refuse_times(actor=cast.provider, code=proposal.code, now=NOW)
        for client in (cast.client, cast.partner):
            with refused(NotAllowed):
                take_back_times(actor=client, code=proposal.code, now=NOW)

    def test_strangers_find_nothing(self, cast: Cast) -> None:
        proposal = wish(cast.couples_room)

        for other in (cast.stranger, cast.staff, cast.second_provider):
            with refused(NotFound):
                withdraw_wish(actor=other, code=proposal.code, now=NOW)
            with refused(NotFound):
                decline_wish(actor=other, code=proposal.code, words="", now=NOW)
            with refused(NotFound):
                refuse_times(actor=other, code=proposal.code, now=NOW)
            with refused(NotFound):
                take_back_times(actor=other, code=proposal.code, now=NOW)


class TestSettling:
    def test_provider_is_reminded_once_and_then_it_lapses(self, cast: Cast) -> None:
        proposal = wish(cast.room)

        settle_proposals({}, NOW + dt.timedelta(hours=23))
        assert kinds() == ["proposal.sent"]
        for hours in (24, 25, 71):
            settle_proposals({}, NOW + dt.timedelta(hours=hours))
        assert kinds() == ["proposal.sent", "proposal.reminded"]
        for hours in (72, 73):
            settle_proposals({}, NOW + dt.timedelta(hours=hours))

        proposal.refresh_from_db()
        assert proposal.state == State.LAPSED
        assert kinds() == ["proposal.sent", "proposal.reminded", "proposal.lapsed"]

    def test_unanswered_offer_lapses_and_frees_its_times(self, cast: Cast) -> None:
        wish(cast.room)
        proposal = offer(cast.room)

        settle_proposals({}, NOW + dt.timedelta(hours=48))

        proposal.refresh_from_db()
        assert proposal.state == State.LAPSED
        assert not TimeClaim.objects.exists()
        assert not SlotHold.objects.exists()
        assert Event.objects.get(kind="proposal.lapsed").data["waited_for"] == "offered"

    def test_what_is_answered_never_lapses(self, cast: Cast) -> None:
        proposal = offer(cast.room)
        accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=NOW)

        settle_proposals({}, at(30, 9))

        proposal.refresh_from_db()
        assert proposal.state == State.ACCEPTED
