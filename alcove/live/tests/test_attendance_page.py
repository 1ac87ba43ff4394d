"""The facts as both sides see them; marking and disputing by their pages."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alcove.booking.models import Appointment, NoShow
from alcove.live.access import entry_for
from alcove.live.actions.join import join_session
from tests.cast import Cast, at, book_confirmed

AFTER_GRACE = at(3, 9, 12)


def provider_waits(cast: Cast) -> str:
    """A session at which only the provider is."""
    code = book_confirmed(cast.room, at(3, 9)).code
    join_session(
        entry=entry_for(cast.provider, code, now=at(3, 9)),
        epoch="page",
        device="page",
        socket="s",
        take_over=False,
        now=at(3, 9),
    )
    return code


def test_both_sides_see_the_same_stays(cast: Cast, client: Client) -> None:
    code = provider_waits(cast)

    for reader in (cast.client, cast.provider):
        client.force_login(reader)
        with time_machine.travel(AFTER_GRACE):
            page = client.get(reverse("live:attendance", args=[code]))
        assert [stay.person for stay in page.context["stays"]] == [cast.provider]


def test_a_provider_marks_and_the_client_disputes(cast: Cast, client: Client) -> None:
    code = provider_waits(cast)
    client.force_login(cast.provider)
    with time_machine.travel(AFTER_GRACE):
        facts = client.get(reverse("live:attendance", args=[code]))
        assert facts.context["may_mark_missed"] is True
        client.post(reverse("live:mark_missed", args=[code]))
    assert Appointment.objects.get().status == "no_show"
    assert [stay["role"] for stay in NoShow.objects.get().facts["stays"]] == ["provider"]

    client.force_login(cast.client)
    with time_machine.travel(at(4, 9)):
        facts = client.get(reverse("live:attendance", args=[code]))
        assert facts.context["missed"].may_dispute is True
        without = client.post(reverse("live:dispute", args=[code]), {"words": ""})
        assert without.status_code == 422
        client.post(reverse("live:dispute", args=[code]), {"words": "I could not get in"})
    assert NoShow.objects.get().dispute_words == "I could not get in"


def test_a_mark_too_early_says_when_it_can_be_made(cast: Cast, client: Client) -> None:
    code = provider_waits(cast)
    client.force_login(cast.provider)

    with time_machine.travel(at(3, 9, 5)):
        answer = client.post(reverse("live:mark_missed", args=[code]))

    assert answer.status_code == 409
    assert "until 10 minutes after the start" in answer.content.decode()
    assert not NoShow.objects.exists()


def test_a_provider_who_did_not_join_is_not_offered_a_mark(cast: Cast, client: Client) -> None:
    code = book_confirmed(cast.room, at(3, 9)).code
    client.force_login(cast.provider)

    with time_machine.travel(AFTER_GRACE):
        facts = client.get(reverse("live:attendance", args=[code]))
        answer = client.post(reverse("live:mark_missed", args=[code]))

    assert facts.context["may_mark_missed"] is False
    assert answer.status_code == 409
    assert not NoShow.objects.exists()


@pytest.mark.parametrize(
    ("rule", "stakes"),
    [
        ("credit", "Once final, it costs 1 session credit."),
        ("fee", "Once final, a fee of $40 is due and the session credit comes back."),
    ],
)
def test_a_client_who_comes_too_late_is_told_of_the_mark_what_it_costs_and_how_to_object(
    cast: Cast, client: Client, rule: str, stakes: str
) -> None:
    code = provider_waits(cast)
    Appointment.objects.update(late_rule=rule, late_fee_minor=4000, currency="USD")
    client.force_login(cast.provider)
    with time_machine.travel(AFTER_GRACE):
        client.post(reverse("live:mark_missed", args=[code]))
    client.force_login(cast.client)

    for name in ("live:session", "live:attendance", "booking:appointment"):
        with time_machine.travel(at(3, 9, 20)):
            page = client.get(reverse(name, args=[code]))
        words = page.content.decode()
        assert "This session was marked as missed." in words
        assert "unless you say before then that it is wrong" in words
        assert stakes in words
        assert reverse("live:dispute", args=[code]) in words
        assert "This session is over" not in words


def test_the_provider_reads_of_the_mark_without_a_way_to_object(cast: Cast, client: Client) -> None:
    code = provider_waits(cast)
    client.force_login(cast.provider)
    with time_machine.travel(AFTER_GRACE):
        client.post(reverse("live:mark_missed", args=[code]))
        page = client.get(reverse("live:session", args=[code])).content.decode()

    assert "unless the client says before then that it is wrong" in page
    assert reverse("live:dispute", args=[code]) not in page


def test_a_stay_does_not_go_on_after_the_session(cast: Cast, client: Client) -> None:
    code = provider_waits(cast)
    client.force_login(cast.provider)

    with time_machine.travel(at(3, 9, 5)):
        during = client.get(reverse("live:attendance", args=[code])).content.decode()
    with time_machine.travel(at(3, 10)):
        after = client.get(reverse("live:attendance", args=[code])).content.decode()

    assert "– now</time>" in during
    assert "– now</time>" not in after
