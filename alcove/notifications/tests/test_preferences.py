"""The page Notifications: what is chosen there holds, and wrong input changes nothing."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from alcove.notifications.actions.change_preferences import Wishes, change_preferences
from alcove.notifications.actions.notify import notify
from alcove.notifications.errors import EmptyQuietHours, UnknownLead
from alcove.notifications.kinds import Channel, Kind
from alcove.notifications.letters.by_kind import letter_for
from alcove.notifications.models import Delivery, Notice, Preferences, SwitchedOff
from alcove.notifications.tests.test_letters import changes
from alcove.notifications.tests.test_notify import event, letter
from alcove.people.models import Person
from tests.cast import NOW, Cast
from tests.untouched import refused

ADDRESS = "/news/settings/"
NIGHT = dt.datetime(2026, 3, 2, 22, 30, tzinfo=dt.UTC)  # 23:30 in Berlin
MORNING = dt.datetime(2026, 3, 3, 6, tzinfo=dt.UTC)


def page_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def wishes(**changes: object) -> Wishes:
    usual: dict[str, object] = {
        "offered": list(Kind),
        "wanted": [(kind, channel) for kind in Kind for channel in Channel],
        "lead_minutes": [60],
        "quiet": None,
        "is_discreet": True,
    }
    return Wishes(**{**usual, **changes})  # type: ignore[arg-type]  # one of each is as it should


def test_page_shows_the_defaults(cast: Cast) -> None:
    page = page_of(cast.client).get(ADDRESS)

    form = page.context["form"]
    assert {value.partition(":")[0] for value in form.chosen} == {
        "bookings", "reminders", "times", "messages", "rooms", "credits", "support"
    }  # fmt: skip
    assert form["leads"].value() == [1440, 60]
    assert (form["is_quiet"].value(), form["is_discreet"].value()) == (False, True)
    assert not Preferences.objects.exists()


def test_provider_can_choose_about_requests_and_not_about_credits(cast: Cast) -> None:
    rows = page_of(cast.provider).get(ADDRESS).context["rows"]

    kinds = {row["kind"] for row in rows}
    assert Kind.REQUESTS in kinds
    assert Kind.CREDITS not in kinds


def test_choices_are_kept_and_shown_again(cast: Cast) -> None:
    client = page_of(cast.client)

    answer = client.post(
        ADDRESS,
        {
            "wanted": ["bookings:email", "reminders:push"],
            "leads": ["10080", "10"],
            "is_quiet": "on",
            "quiet_from": "22:00",
            "quiet_until": "07:00",
        },
    )

    assert answer.status_code == 302
    found = Preferences.objects.get(person=cast.client)
    assert found.lead_minutes == [10080, 10]
    assert (found.quiet_from, found.quiet_until) == (dt.time(22), dt.time(7))
    assert found.is_discreet is False
    assert client.get(ADDRESS).context["form"].chosen == {"bookings:email", "reminders:push"}


def test_kind_that_was_not_offered_stays_as_it_was(cast: Cast) -> None:
    SwitchedOff.objects.create(person=cast.client, kind=Kind.REQUESTS, channel=Channel.EMAIL)

    page_of(cast.client).post(ADDRESS, {"wanted": [], "leads": []})

    assert SwitchedOff.objects.filter(person=cast.client, kind=Kind.REQUESTS).count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"wanted": ["bookings:pigeon"]},
        {"wanted": ["messages:product"]},
        {"wanted": ["requests:email"]},
        {"leads": ["61"]},
        {"leads": ["soon"]},
        {"is_quiet": "on", "quiet_from": "22:00", "quiet_until": ""},
        {"is_quiet": "on", "quiet_from": "25:00", "quiet_until": "07:00"},
        {"is_quiet": "on", "quiet_from": "22:00", "quiet_until": "22:00"},
    ],
)
def test_wrong_input_changes_nothing_and_says_so(cast: Cast, typed: dict[str, object]) -> None:
    answer = page_of(cast.client).post(ADDRESS, typed)

    assert answer.status_code in {409, 422}
    assert answer.context["form"].errors
    assert not Preferences.objects.exists()
    assert not SwitchedOff.objects.exists()


def test_lead_that_is_not_on_the_list_is_refused(cast: Cast) -> None:
    with refused(UnknownLead):
        change_preferences(actor=cast.client, wishes=wishes(lead_minutes=[61]), now=NOW)


def test_quiet_hours_of_no_length_are_refused(cast: Cast) -> None:
    quiet = (dt.time(22), dt.time(22))
    with refused(EmptyQuietHours):
        change_preferences(actor=cast.client, wishes=wishes(quiet=quiet), now=NOW)


def test_leads_that_stay_as_they_are_keep_their_date(cast: Cast) -> None:
    later = NOW + dt.timedelta(days=1)
    change_preferences(actor=cast.client, wishes=wishes(), now=NOW)
    change_preferences(actor=cast.client, wishes=wishes(is_discreet=False), now=later)
    assert Preferences.of(cast.client).leads_chosen_at == NOW

    change_preferences(actor=cast.client, wishes=wishes(lead_minutes=[30]), now=later)
    assert Preferences.of(cast.client).leads_chosen_at == later


def set_quiet(person: Person) -> None:
    Preferences.objects.create(person=person, quiet_from=dt.time(22), quiet_until=dt.time(7))


def test_mail_waits_for_the_end_of_quiet_hours_and_news_page_does_not(cast: Cast) -> None:
    set_quiet(cast.client)

    notify(event=event(), person=cast.client, kind=Kind.BOOKINGS, letter=letter(), now=NIGHT)

    assert Delivery.objects.get().not_before == MORNING
    assert Notice.objects.get().person == cast.client


def test_plain_words_say_which_session_and_name_nobody(cast: Cast) -> None:
    Preferences.objects.create(person=cast.client, is_discreet=False)
    for person in (cast.client, cast.partner):
        told = letter_for(changes("appointment.rescheduled"), "owner", person.zone)
        assert told is not None
        notify(event=event(), person=person, kind=Kind.BOOKINGS, letter=told, now=NOW)

    plain, discreet = Delivery.objects.order_by("person_id")
    assert plain.subject == "Your booking has a new time · Video, 60 minutes"
    assert "\nVideo, 60 minutes\n" in plain.text
    assert discreet.subject == "About your booking"
    assert "Video" not in discreet.text + discreet.html


def test_confirmation_keeps_its_subject_in_plain_words(cast: Cast) -> None:
    Preferences.objects.create(person=cast.client, is_discreet=False)
    told = letter_for(changes("appointment.confirmed"), "owner", cast.client.zone)
    assert told is not None

    notify(event=event(), person=cast.client, kind=Kind.BOOKINGS, letter=told, now=NOW)

    sent = Delivery.objects.get()
    assert sent.subject == "Your session is confirmed! Mark your calendar."
    assert "\nVideo, 60 minutes\n" in sent.text


def test_settings_lead_to_the_page(cast: Cast) -> None:
    with time_machine.travel(NOW):
        assert f'href="{ADDRESS}"' in page_of(cast.client).get("/you/").content.decode()
