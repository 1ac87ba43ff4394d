"""The main navigation: on a phone every label is whole, whatever roles somebody has."""

import pytest
from django.test import Client

from tests.cast import Cast

LABELS = ["Schedule", "Requests", "Hours", "Rooms", "News", "Support desk", "Practice", "Settings"]


@pytest.fixture
def alone(cast: Cast) -> Cast:
    """A provider who runs the practice alone."""
    cast.provider.is_admin = True
    cast.provider.save(update_fields=["is_admin"])
    return cast


def test_provider_who_is_admin_finds_the_rest_under_more(alone: Cast, client: Client) -> None:
    client.force_login(alone.provider)

    page = client.get("/practice/")

    entries = page.context["navigation"]
    assert [entry.label for entry in entries] == LABELS
    assert [entry.label for entry in entries if entry.is_further] == LABELS[5:]
    further = page.context["navigation_further"]
    assert [entry.label for entry in further.entries] == LABELS[5:]
    assert further.is_current
    assert 'popovertarget="navigation-further" data-current>' in page.content.decode()


def test_more_counts_what_waits_under_it(alone: Cast, client: Client) -> None:
    client.force_login(alone.client)
    client.post("/support/", {"words": "I cannot find my session.", "page": "/schedule/"})
    client.force_login(alone.provider)

    page = client.get("/schedule/")

    further = page.context["navigation_further"]
    assert (further.badge, further.is_current) == (1, False)


def test_six_entries_need_no_more(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    page = client.get("/practice/")

    assert len(page.context["navigation"]) == 6
    assert not page.context["navigation_further"]
    assert "navigation-further" not in page.content.decode()
