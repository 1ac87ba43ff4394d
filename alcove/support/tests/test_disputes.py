"""Staff's pages of disputes: the list, one of them, the decision; every look is on record."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alcove.booking.actions.no_show import decide_dispute, dispute_no_show, mark_no_show
from alcove.booking.models import Appointment, NoShow
from alcove.booking.policies import AttendanceFacts
from alcove.core.models import AuditRow
from alcove.people.models import Person
from alcove.rooms.errors import OwnRoom
from alcove.rooms.models import Room
from tests.cast import Cast, at, book_confirmed
from tests.untouched import refused

ALONE = AttendanceFacts(True, False, False, dt.timedelta(), False)


def disputed(room: Room, day: int) -> str:
    """A session of the room that was marked as missed and is disputed."""
    code = book_confirmed(room, at(day, 9)).code
    mark_no_show(actor=room.provider, code=code, facts=ALONE, record={}, now=at(day, 9, 10))
    dispute_no_show(actor=room.owner, code=code, words="I was there", now=at(day, 10))
    return code


def test_staff_see_what_waits_and_the_look_is_on_record(cast: Cast, client: Client) -> None:
    code = disputed(cast.room, 4)
    client.force_login(cast.staff)

    page = client.get(reverse("disputes:list")).content.decode()

    assert reverse("disputes:one", args=[code]) in page
    assert AuditRow.objects.filter(act="looked", subject="disputes").count() == 1


def test_staff_decide_and_say_why(cast: Cast, client: Client) -> None:
    code = disputed(cast.room, 4)
    client.force_login(cast.staff)
    address = reverse("disputes:one", args=[code])

    without = client.post(address, {"verdict": "waived", "words": ""})
    assert (without.status_code, NoShow.objects.get().decided_at) == (422, None)
    answer = client.post(address, {"verdict": "waived", "words": "The record shows an error"})

    assert answer.status_code == 302
    assert NoShow.objects.get().verdict == "waived"
    assert "The record shows an error" in client.get(address).content.decode()


def test_without_disputes_the_list_says_when_there_will_be_some(cast: Cast, client: Client) -> None:
    client.force_login(cast.staff)

    page = client.get(reverse("disputes:list")).content.decode()

    assert "They appear when a client says that a session was not missed." in page


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("credit", "If it stands, the client loses 1 session credit."),
        ("fee", "If it stands, a fee of $40 is due and the session credit comes back."),
    ],
)
def test_the_page_says_what_follows(cast: Cast, client: Client, rule: str, words: str) -> None:
    code = disputed(cast.room, 4)
    Appointment.objects.update(late_rule=rule, late_fee_minor=4000)
    client.force_login(cast.staff)

    assert words in client.get(reverse("disputes:one", args=[code])).content.decode()


def test_who_decides_second_is_shown_what_was_decided(cast: Cast, client: Client) -> None:
    code = disputed(cast.room, 4)
    client.force_login(cast.staff)
    address = reverse("disputes:one", args=[code])
    client.post(address, {"verdict": "waived", "words": "An error on our side"})

    answer = client.post(address, {"verdict": "stands", "words": "By the record"})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "There is no dispute here that waits for a decision." in page
    assert "An error on our side" in page
    assert NoShow.objects.get().verdict == "waived"


def test_nobody_of_staff_decides_about_themself(cast: Cast) -> None:
    code = disputed(cast.couples_room, 4)

    for person in (cast.client, cast.partner, cast.provider):
        person.is_admin = True
        person.save()
        with refused(OwnRoom):
            decide_dispute(actor=person, code=code, verdict="waived", words="Mine", now=at(5, 9))


def test_a_provider_who_is_all_the_staff_there_is_decides(cast: Cast) -> None:
    code = disputed(cast.room, 4)
    Person.objects.filter(pk__in=[cast.staff.pk, cast.admin.pk]).update(is_active=False)
    cast.provider.is_admin = True
    cast.provider.save()

    decided = decide_dispute(
        actor=cast.provider, code=code, verdict="waived", words="Their train", now=at(5, 9)
    )

    assert decided.verdict == "waived"


@pytest.mark.parametrize("who", ["client", "provider", "stranger"])
def test_the_pages_do_not_exist_for_others(cast: Cast, client: Client, who: str) -> None:
    code = disputed(cast.room, 4)
    client.force_login(getattr(cast, who))

    assert client.get(reverse("disputes:list")).status_code == 404
    assert client.get(reverse("disputes:one", args=[code])).status_code == 404
    assert client.post(reverse("disputes:one", args=[code])).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(cast: Cast, client: Client) -> None:
    client.force_login(cast.staff)
    counts = []
    for days in ([4], [5, 6]):
        for day in days:
            disputed(cast.room, day)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("disputes:list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
