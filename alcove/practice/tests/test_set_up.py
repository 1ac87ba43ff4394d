"""First-run set-up: who may, what each step leaves behind, and that nobody else ever gets in."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from alcove.availability.models import AvailabilityRule, ProviderCalendar
from alcove.billing.models import Entitlement, Plan
from alcove.core.models import AuditRow
from alcove.notifications.models import Delivery
from alcove.people.actions.set_up import set_up_practice
from alcove.people.errors import SetUpLinkDead
from alcove.people.models import Person, Practice, SetUpLink
from alcove.people.set_up_links import make_set_up_link
from alcove.practice.views.first_steps import TRIES_PER_MINUTE
from alcove.rooms.models import Room
from tests.cast import NOW, Cast
from tests.untouched import refused

pytestmark = pytest.mark.django_db

PRACTICE = {
    "practice_name": "Harbour Practice",
    "time_zone": "Europe/Berlin",
    "name": "Hanna Harbour",
    "email": "Hanna@example.org",
    "language": "en",
}
PROVIDER = {
    "who": "me",
    "weekdays": ["0", "1", "2", "3", "4"],
    "start": "09:00",
    "end": "17:00",
    "video": "45, 60",
    "audio": "",
    "chat": "",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer() -> Client:
    """Somebody who has just come in by the link, as the admin of an empty practice."""
    client = Client()
    answer = client.post(reverse("set_up", args=[make_set_up_link(now=NOW)]), PRACTICE)
    assert answer.headers["Location"] == reverse("practice:first_provider")
    return client


def test_link_makes_the_first_admin_and_is_used_up(newcomer: Client) -> None:
    person = Person.objects.get()

    assert (person.email, person.is_admin, person.is_staff) == ("hanna@example.org", True, True)
    assert (Practice.load().name, Practice.load().time_zone) == (
        "Harbour Practice",
        "Europe/Berlin",
    )
    assert newcomer.get(reverse("practice:home")).status_code == 200
    assert AuditRow.objects.filter(act="practice.set_up").exists()


def test_new_practice_suggests_reasons_for_cancelling(newcomer: Client) -> None:
    page = newcomer.get(reverse("practice:reasons")).content.decode()

    for words in ("I am ill", "Tengo un problema de salud", "Another reason"):
        assert words in page


@pytest.mark.parametrize(
    ("zone", "currency"),
    [("Europe/Berlin", "EUR"), ("America/Lima", "PEN"), ("Asia/Tokyo", "JPY"), ("UTC", "USD")],
)
def test_first_plan_suggests_the_currency_of_the_land(
    newcomer: Client, zone: str, currency: str
) -> None:
    Practice.objects.update(time_zone=zone)

    form = newcomer.get(reverse("practice:first_plan")).context["form"]

    assert form["currency"].value() == currency


def test_every_link_is_dead_once_there_is_somebody() -> None:
    first, second = make_set_up_link(now=NOW), make_set_up_link(now=NOW)
    set_up_practice(token=first, now=NOW, **PRACTICE)

    for token in (first, second, "nonsense"):
        with refused(SetUpLinkDead):
            set_up_practice(token=token, now=NOW, **PRACTICE | {"email": "b@example.org"})
        assert Client().get(reverse("set_up", args=[token])).status_code == 410


def test_link_dies_after_a_day_and_is_kept_as_a_hash() -> None:
    token = make_set_up_link(now=NOW)

    assert SetUpLink.objects.get().token_hash != token
    with refused(SetUpLinkDead):
        set_up_practice(token=token, now=NOW + dt.timedelta(hours=24), **PRACTICE)


def test_who_tries_wrong_links_keeps_nobody_out(db: None) -> None:
    cache.clear()
    right, stranger = make_set_up_link(now=NOW), Client()

    for _try in range(TRIES_PER_MINUTE + 1):
        assert stranger.post(reverse("set_up", args=["wrong"]), PRACTICE).status_code == 410

    assert Client().post(reverse("set_up", args=[right]), PRACTICE).status_code == 302


def test_practice_with_people_is_never_set_up(cast: Cast) -> None:
    token = make_set_up_link(now=NOW)

    with refused(SetUpLinkDead):
        set_up_practice(token=token, now=NOW, **PRACTICE)


@pytest.mark.parametrize(
    "wrong", [{"email": "nobody"}, {"time_zone": "Mars/Phobos"}, {"practice_name": " "}]
)
def test_wrong_input_spends_nothing_and_keeps_what_was_typed(wrong: dict[str, str]) -> None:
    address = reverse("set_up", args=[make_set_up_link(now=NOW)])
    answer = Client().post(address, PRACTICE | wrong)

    assert answer.status_code == 422
    assert "Hanna Harbour" in answer.content.decode()
    assert not Person.objects.exists()
    assert Client().post(address, PRACTICE).status_code == 302


def test_steps_lead_to_a_client_who_can_book(newcomer: Client) -> None:
    assert newcomer.get(reverse("practice:first_steps")).headers["Location"] == reverse(
        "practice:first_provider"
    )
    answer = newcomer.post(reverse("practice:first_provider"), PROVIDER)
    assert answer.headers["Location"] == reverse("practice:first_plan")
    answer = newcomer.post(
        reverse("practice:first_plan"),
        {
            "name": "Four a month",
            "credits_per_period": "4",
            "period_months": "1",
            "currency": "EUR",
        },
    )
    assert answer.headers["Location"] == reverse("practice:first_client")
    answer = newcomer.post(
        reverse("practice:first_client"),
        {
            "name": "Clara Client",
            "email": "clara@example.org",
            "language": "en",
            "time_zone": "Europe/Berlin",
            "provider": str(Person.objects.get().pk),
            "plan": str(Plan.objects.get().pk),
        },
    )
    assert answer.headers["Location"] == reverse("practice:first_ready")
    assert newcomer.get(reverse("practice:first_ready")).status_code == 200
    # Where letters are kept, codes are too: whoever signs out needs another way in.
    Delivery.objects.update(state=Delivery.State.KEPT)
    ready = newcomer.get(reverse("practice:first_ready")).content.decode()
    assert "<code>bin/alcove sign-in-link hanna@example.org</code>" in ready

    admin = Person.objects.get(email="hanna@example.org")
    assert (admin.is_provider, admin.is_admin) == (True, True)
    assert AvailabilityRule.objects.filter(calendar__provider=admin).count() == 5
    assert ProviderCalendar.objects.get().offers == {"video": [45, 60]}
    assert Plan.objects.get().offers == {"video": [45, 60]}
    room = Room.objects.get()
    assert (room.owner.name, room.provider) == ("Clara Client", admin)
    assert Entitlement.objects.get().starts_on == NOW.date()


def test_provider_can_be_somebody_else(newcomer: Client) -> None:
    typed = PROVIDER | {"who": "other"}
    assert newcomer.post(reverse("practice:first_provider"), typed).status_code == 422
    named = typed | {"name": "Paul Provider", "email": "paul@example.org"}
    newcomer.post(reverse("practice:first_provider"), named)

    assert not Person.objects.get(email="hanna@example.org").is_provider
    provider = Person.objects.get(email="paul@example.org")
    assert (provider.is_provider, provider.time_zone) == (True, "Europe/Berlin")
    assert AvailabilityRule.objects.filter(calendar__provider=provider).count() == 5


def test_taking_the_step_again_replaces_the_hours(newcomer: Client) -> None:
    for start in ("09:00", "10:00"):
        newcomer.post(reverse("practice:first_provider"), PROVIDER | {"start": start})

    starts = set(AvailabilityRule.objects.values_list("start_minute", flat=True))
    assert starts == {600}


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "17:00", "end": "09:00"},
        {"weekdays": []},
        {"video": "2"},
        {"video": ""},
        {"video": "soon"},
    ],
)
def test_hours_that_offer_nothing_change_nothing(
    newcomer: Client, wrong: dict[str, object]
) -> None:
    answer = newcomer.post(reverse("practice:first_provider"), PROVIDER | wrong)

    assert answer.status_code == 422
    assert not Person.objects.filter(is_provider=True).exists()
    assert not AvailabilityRule.objects.exists()


def test_client_without_provider_and_plan_is_led_there(newcomer: Client) -> None:
    page = newcomer.get(reverse("practice:first_client")).content.decode()

    assert "A client needs a provider and a plan first." in page
    assert reverse("practice:first_provider") in page
