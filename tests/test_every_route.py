"""Every address for every role: who is let in. An address that is not listed here fails.

The session and the room are the couple's, so that client and partner differ.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from alcove.availability.actions.become_available import become_available
from alcove.availability.models import AvailabilityRule, DateOverride, TimeOff
from alcove.billing.models import Purchase, SavedMethod, Subscription
from alcove.booking.actions.no_show import dispute_no_show, mark_no_show
from alcove.booking.actions.offer_times import offer_times
from alcove.booking.models import NoShow
from alcove.booking.policies import AttendanceFacts
from alcove.notifications.models import Delivery
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.files import PDF, CheckedFile
from alcove.rooms.models import Membership, Room
from alcove.support.actions.ask_support import ask_support
from tests.cast import NOW, Cast, at, book, book_confirmed, hold, hold_to_move, ring
from tests.couples import invited

ROLES = ("client", "partner", "provider", "second_provider", "staff", "admin", "stranger", "nobody")

ALL = (200,) * 8
SIGNED_IN = (200,) * 7 + (302,)
MEMBERS = (200, 200, 200, 404, 404, 404, 404, 302)
LINKS = (302, 302, 302, 404, 404, 404, 404, 302)
SCHEDULER = (200, 403, 403, 404, 404, 404, 404, 302)
HOLDER = (200, 404, 404, 404, 404, 404, 404, 302)
PROVIDERS = (403, 403, 200, 200, 403, 403, 403, 302)
OWN_HOURS = (403, 403, 200, 404, 403, 403, 403, 302)
HOURS_BY_POST = (403, 403, 405, 405, 403, 403, 403, 302)
POST_ONLY = (405, 405, 405, 405, 405, 405, 405, 302)
ROOM_BY_POST = (405, 405, 405, 404, 404, 404, 404, 302)
ADMIN = (404, 404, 404, 404, 404, 200, 404, 302)
ADMIN_BY_POST = (404, 404, 404, 404, 404, 405, 404, 302)
STAFF_BY_POST = (404, 404, 404, 404, 405, 405, 404, 302)
ROOM_OWNER = (200, 404, 404, 404, 404, 404, 404, 302)
OWNER_BY_POST = (405, 404, 404, 404, 404, 404, 404, 302)
STAFF = (404, 404, 404, 404, 200, 200, 404, 302)

# Status of GET by address name, for the roles in their order.
EXPECTED: dict[str, tuple[int, ...]] = {
    "home": (302,) * 8,
    "crisis": ALL,
    "health": ALL,
    "offline": ALL,
    "guides:list": ALL,
    "guides:list_in": ALL,
    "guides:guide": ALL,
    "guides:guide_in": ALL,
    "manifest": ALL,
    "service_worker": ALL,
    "booking:schedule": SIGNED_IN,
    "booking:offline": SIGNED_IN,
    "booking:new": SIGNED_IN,
    "booking:new_type": SCHEDULER,
    "booking:new_time": SCHEDULER,
    # The room rings already: this leads to its waiting page.
    "booking:start_now": (302, 403, 403, 404, 404, 404, 404, 302),
    "booking:ringing": SCHEDULER,
    "booking:ring": (403, 403, 200, 404, 404, 404, 404, 302),
    "booking:ring_state": MEMBERS,
    "booking:bell": PROVIDERS,
    # Times are offered in the couple's room: that page comes first.
    "booking:share_times": (302, 302, 403, 404, 404, 404, 404, 302),
    "booking:proposal": MEMBERS,
    "booking:offer_times": (403, 403, 302, 404, 404, 404, 404, 302),
    "booking:review": HOLDER,
    "booking:review_move": HOLDER,
    "booking:requests": PROVIDERS,
    "booking:request": (403, 403, 200, 404, 404, 404, 404, 302),
    "booking:appointment": MEMBERS,
    "booking:reschedule": SCHEDULER,
    "booking:cancel": (200, 403, 200, 404, 404, 404, 404, 302),
    "availability:hours": PROVIDERS,
    "availability:available_now": PROVIDERS,
    "availability:add_weekly": PROVIDERS,
    "availability:change_weekly": OWN_HOURS,
    "availability:remove_weekly": HOURS_BY_POST,
    "availability:add_override": PROVIDERS,
    "availability:remove_override": HOURS_BY_POST,
    "availability:add_time_off": PROVIDERS,
    "availability:remove_time_off": HOURS_BY_POST,
    "availability:change_settings": PROVIDERS,
    "rooms:list": SIGNED_IN,
    "rooms:new_couples": SIGNED_IN,
    "rooms:members": MEMBERS,
    "rooms:remove_partner": (200, 403, 403, 404, 404, 404, 404, 302),
    "rooms:leave": (403, 200, 403, 404, 404, 404, 404, 302),
    "rooms:resend_invitation": ROOM_BY_POST,
    "rooms:revoke_invitation": ROOM_BY_POST,
    # The stranger is invited: everybody else who is signed in finds a dead link.
    "rooms:invitation": (410, 410, 410, 410, 410, 410, 200, 200),
    "rooms:kept_invitation": (302,) * 8,
    "rooms:search": SIGNED_IN,
    "rooms:room": MEMBERS,
    "rooms:lines": MEMBERS,
    "rooms:attachment": MEMBERS,
    "rooms:read": POST_ONLY,
    "rooms:draft": POST_ONLY,
    "live:session": MEMBERS,
    "live:left": POST_ONLY,
    "live:attendance": MEMBERS,
    "live:mark_missed": (403, 403, 200, 404, 404, 404, 404, 302),
    "live:dispute": (200, 200, 403, 404, 404, 404, 404, 302),
    "ask:form": ALL,
    "ask:one": (200, 404, 404, 404, 404, 404, 404, 302),
    "desk:home": STAFF,
    "desk:health": STAFF,
    "desk:audit": (404, 404, 404, 404, 404, 200, 404, 302),
    "desk:requests": STAFF,
    "desk:request": STAFF,
    "desk:person": STAFF,
    "desk:room": STAFF,
    "desk:session": STAFF,
    "desk:book_type": STAFF,
    "desk:book_time": STAFF,
    # Each of staff reviews what they hold themselves.
    "desk:book": (404, 404, 404, 404, 200, 404, 404, 302),
    "desk:move": STAFF,
    "desk:review_move": (404, 404, 404, 404, 200, 404, 404, 302),
    "desk:cancel": STAFF,
    "problems": STAFF,
    "disputes:list": STAFF,
    "disputes:one": STAFF,
    "booking:pay": POST_ONLY,
    "plan:plan": SIGNED_IN,
    "plan:room": ROOM_OWNER,
    "plan:buy_credits": OWNER_BY_POST,
    "plan:buy_plan": OWNER_BY_POST,
    "plan:pay_fee": OWNER_BY_POST,
    "plan:stop": ROOM_OWNER,
    # Of all these the client alone has a saved card.
    "plan:forget_card": ROOM_OWNER,
    # No payment service is set up: the page says so.
    "plan:pay": (409, 404, 404, 404, 404, 404, 404, 302),
    "plan:paid": ROOM_OWNER,
    "plan:not_paid": ROOM_OWNER,
    # By a signature, not by a session.
    "payments:stripe": (405,) * 8,
    "billing:staff_credits": STAFF,
    "billing:fee_paid": STAFF_BY_POST,
    "billing:fee_waived": STAFF_BY_POST,
    "billing:refunded": ADMIN,
    "billing:refund_again": STAFF_BY_POST,
    "billing:refunded_by_hand": STAFF_BY_POST,
    "practice:plans": ADMIN,
    "practice:new_plan": ADMIN,
    "practice:change_plan": ADMIN,
    "practice:stop_sale": ADMIN_BY_POST,
    "practice:start_sale": ADMIN_BY_POST,
    "practice:money": ADMIN,
    "practice:export_credits": ADMIN,
    "practice:export_payments": ADMIN,
    "calendars:ics": MEMBERS,
    "calendars:google": LINKS,
    "calendars:outlook": LINKS,
    "calendars:microsoft365": LINKS,
    "support:outbox": STAFF,
    "support:letter": STAFF,
    "support:letter_calendar": STAFF,
    "notifications:news": SIGNED_IN,
    "notifications:preferences": SIGNED_IN,
    "devices:list": SIGNED_IN,
    "devices:add": POST_ONLY,
    "devices:test": POST_ONLY,
    "devices:remove": POST_ONLY,
    "people:settings": SIGNED_IN,
    "people:switch_zone": POST_ONLY,
    "people:enter": ALL,
    # Nobody's link: it asks first, whoever stands there.
    "people:welcome": ALL,
    # There is somebody here: the link is dead for everybody.
    "set_up": (410,) * 8,
    "practice:home": ADMIN,
    "practice:first_steps": (404, 404, 404, 404, 404, 302, 404, 302),
    "practice:first_provider": ADMIN,
    "practice:first_plan": ADMIN,
    "practice:first_client": ADMIN,
    "practice:first_ready": ADMIN,
    "practice:people": ADMIN,
    "practice:invite": ADMIN,
    "practice:person": ADMIN,
    "practice:roles": ADMIN,
    "practice:invite_again": ADMIN_BY_POST,
    "practice:withdraw": ADMIN,
    "practice:deactivate": ADMIN,
    "practice:reactivate": ADMIN,
    "practice:open_room": ADMIN,
    "practice:room": ADMIN,
    "practice:close_room": ADMIN,
    "practice:reopen_room": ADMIN_BY_POST,
    "practice:settings": ADMIN,
    "practice:texts": ADMIN,
    "practice:logo": ADMIN_BY_POST,
    "practice:data": ADMIN,
    "practice:deletions": ADMIN,
    "practice:delete_person": ADMIN,
    "practice:decline_deletion": ADMIN_BY_POST,
    "own_data": SIGNED_IN,
    "own_data_take_back": POST_ONLY,
    "own_data_file": POST_ONLY,
    "practice:preview": ADMIN,
    "practice:drop_upload": ADMIN_BY_POST,
    "practice:download": ADMIN_BY_POST,
    "practice:remove_logo": ADMIN_BY_POST,
    # The practice of the cast has neither.
    "look_colours": (404,) * 8,
    "look_logo": (404,) * 8,
    "practice:reasons": ADMIN,
    "practice:rename_reason": ADMIN,
    "practice:raise_reason": ADMIN_BY_POST,
    "practice:retire_reason": ADMIN_BY_POST,
    "practice:bring_back_reason": ADMIN_BY_POST,
}
OF_A_PLAN = ("change_plan", "stop_sale", "start_sale")
OF_A_ROOM = (
    "room", "lines", "read", "draft", "members", "remove_partner", "leave", "resend_invitation",
    "revoke_invitation",
)  # fmt: skip
OF_A_REASON = ("rename_reason", "raise_reason", "retire_reason", "bring_back_reason")
OF_A_PERSON = (
    "delete_person", "decline_deletion", "person", "roles", "invite_again", "withdraw", "deactivate", "reactivate", "open_room",
)  # fmt: skip
# Sign-in and its means are allauth's, about the reader alone. What we close of them is ours.
SIGN_IN = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_email",
    "account_reauthenticate", "account_email_verification_sent", "account_change_password",
    "account_set_password", "account_reset_password", "account_confirm_login_code",
    "account_confirm_email", "account_reset_password_from_key_done",
    "account_reset_password_from_key", "account_reset_password_done",
    "account_request_login_code", "mfa_index", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
    "mfa_edit_webauthn", "mfa_login_webauthn", "account_closed",
}  # fmt: skip


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The name of every address, with its namespace."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}"


def test_every_address_is_known_here() -> None:
    assert set(names(get_resolver().url_patterns)) == set(EXPECTED) | SIGN_IN


@dataclass(frozen=True)
class Things:
    """What the addresses are about."""

    cast: Cast
    arguments: dict[str, list[str | int]]

    def status(self, name: str, role: str) -> int:
        """How a GET of this address answers this role."""
        client = Client()
        if role != "nobody":
            client.force_login(getattr(self.cast, role))
        return client.get(reverse(name, args=self.arguments.get(name, []))).status_code


@pytest.fixture
def things(cast: Cast) -> Iterator[Things]:
    with time_machine.travel(NOW, tick=False):
        room = cast.couples_room
        requested, moving = book(room, at(4, 9)).code, book(room, at(5, 9))
        calendar = cast.provider.provider_calendar
        line = AvailabilityRule.objects.filter(calendar=calendar)[0].pk
        date = DateOverride.objects.create(calendar=calendar, date=at(20, 0).date()).pk
        off = TimeOff.objects.create(calendar=calendar, starts_at=at(21, 8), ends_at=at(21, 9)).pk
        letter = Delivery.objects.create(
            address="cora@example.org",
            subject="A letter",
            text="Words",
            state="kept",
            calendar="BEGIN:VCALENDAR\r\n",
            created_at=NOW,
        ).pk
        become_available(actor=cast.provider, minutes=60, now=NOW)
        rung = ring(room).code
        offered = offer_times(
            actor=cast.provider,
            room_code=room.code,
            modality="video",
            length_minutes=45,
            starts=[at(12, 19)],
            words="",
            now=NOW,
        )
        desk_rooms = [cast.strangers_room, cast.second_room]
        held_by_staff = hold(desk_rooms[0], at(16, 9), actor=cast.staff, for_client=True).code
        moving_by_staff = hold_to_move(
            book(desk_rooms[1], at(17, 15)), at(18, 15), actor=cast.staff, for_client=True
        ).code
        purchase = subscription_of(room).code
        SavedMethod.objects.create(
            person=cast.client, customer_key="c", method_key="m", label="Visa", saved_at=NOW
        )
        asked = ask_support(actor=cast.client, address="", words="Help", page="", now=NOW).code
        by_session = ["request", "appointment", "reschedule", "cancel"]
        yield Things(
            cast,
            {
                "booking:new_type": [room.code],
                "booking:new_time": [room.code],
                "booking:start_now": [room.code],
                "booking:share_times": [room.code],
                "booking:offer_times": [room.code],
                "booking:proposal": [offered.code],
                **{f"booking:{name}": [rung] for name in ("ringing", "ring", "ring_state")},
                "booking:review": [hold(room, at(6, 9)).code],
                # The room keeps one time: this hold has taken the place of the one above.
                "booking:review_move": [hold_to_move(moving, at(9, 9)).code],
                **{f"booking:{name}": [requested] for name in by_session},
                "availability:change_weekly": [line],
                "availability:remove_weekly": [line],
                "availability:remove_override": [date],
                "availability:remove_time_off": [off],
                **{f"rooms:{name}": [room.code] for name in OF_A_ROOM},
                "rooms:invitation": [invitation_of_the_stranger(cast)],
                "rooms:attachment": [room.code, sent_file(cast)],
                **{name: [requested] for name in EXPECTED if name.startswith("calendars:")},
                **{name: [requested] for name in EXPECTED if name.startswith("live:")},
                "live:dispute": [disputed_session(cast)],
                "booking:pay": ["no-such-hold"],
                **{f"plan:{name}": [room.code] for name in ("room", "buy_credits", "buy_plan")},
                "plan:stop": [room.code],
                "plan:pay_fee": [room.code, 1],
                **{f"plan:{name}": [purchase] for name in ("pay", "paid", "not_paid")},
                "billing:staff_credits": [room.code],
                "billing:fee_paid": [room.code, 1],
                "billing:fee_waived": [room.code, 1],
                "billing:refunded": [room.code, purchase],
                "billing:refund_again": [room.code, purchase],
                "billing:refunded_by_hand": [room.code, purchase],
                **{f"practice:{name}": ["four"] for name in OF_A_PLAN},
                "disputes:one": [disputed_session(cast)],
                **{name: [asked] for name in ("ask:one", "desk:request")},
                "desk:person": [cast.client.pk],
                **{f"desk:{name}": [room.code] for name in ("room", "book_type", "book_time")},
                **{f"desk:{name}": [requested] for name in ("session", "move", "cancel")},
                "desk:book": [held_by_staff],
                "desk:review_move": [moving_by_staff],
                "support:letter": [letter],
                "support:letter_calendar": [letter],
                "devices:test": [1],
                "devices:remove": [1],
                "people:enter": ["no-such-token"],
                "people:welcome": ["no-such-token"],
                "set_up": ["no-such-token"],
                "look_colours": ["1d6156", "84cbbb"],
                "look_logo": ["no-such-logo"],
                **{f"practice:{name}": [cast.reason.pk] for name in OF_A_REASON},
                "guides:list_in": ["es"],
                "guides:guide": ["cancel"],
                "guides:guide_in": ["es", "cancel"],
                **{f"practice:{name}": [cast.client.pk] for name in OF_A_PERSON},
                **{
                    f"practice:{name}": [room.code]
                    for name in ("room", "close_room", "reopen_room")
                },
            },
        )


def invitation_of_the_stranger(cast: Cast) -> str:
    """The secret of a link into a couples room of the client with the second provider."""
    room = Room.objects.create(
        kind="couples", owner=cast.client, provider=cast.second_provider, opened_at=NOW
    )
    Membership.objects.create(room=room, person=cast.client, role="owner", joined_at=NOW)
    Membership.objects.create(
        room=room, person=cast.second_provider, role="provider", joined_at=NOW
    )
    return invited(cast.client, room, cast.stranger.email)[1]


def subscription_of(room: Room) -> Purchase:
    """A purchase of the room that waits for its payment, under a plan that is renewed."""
    purchase = Purchase.objects.create(
        room=room,
        buyer=room.owner,
        item="plan",
        plan=room.entitlement.plan,
        amount_minor=100,
        currency="USD",
        way="stripe",
        opened_at=NOW,
        open_until=NOW + dt.timedelta(minutes=35),
    )
    Subscription.objects.create(room=room, purchase=purchase, gateway_key="sub_1")
    return purchase


def sent_file(cast: Cast) -> str:
    """A file that the client sent to the couple's room."""
    file = CheckedFile("plan.pdf", PDF, b"%PDF-1.7 %%EOF")
    message = post_message(
        actor=cast.client, room_code=cast.couples_room.code, text="", files=[file], now=NOW
    )
    return message.attachments.get().code


def disputed_session(cast: Cast) -> str:
    """A session of the couple that was marked as missed, which the client disputes."""
    found = NoShow.objects.values_list("appointment__code", flat=True).first()
    if found:
        return str(found)
    code = book_confirmed(cast.couples_room, at(11, 9)).code
    alone = AttendanceFacts(True, False, False, dt.timedelta(), False)
    mark_no_show(actor=cast.provider, code=code, facts=alone, record={}, now=at(11, 9, 10))
    dispute_no_show(actor=cast.client, code=code, words="I was there", now=at(11, 10))
    return code


def test_every_address_lets_in_whom_it_should(things: Things) -> None:
    answers = {name: tuple(things.status(name, role) for role in ROLES) for name in EXPECTED}

    assert answers == EXPECTED
