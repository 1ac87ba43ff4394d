"""What the health page says about mail and push."""

import datetime as dt

import pytest
from django.test import override_settings

from alcove.core.panels import panels_of
from alcove.notifications.models import Delivery
from tests.cast import NOW, Cast

OLD = NOW - dt.timedelta(minutes=11)


def health() -> dict[str, tuple[str, str]]:
    """Tone and words of each part."""
    parts = [panel.context for panel in panels_of("support.health", None, NOW)]
    return {one["title"]: (one["tone"], " ".join(one["lines"])) for one in parts}


@override_settings(EMAIL_URL="")
def test_mail_that_is_not_set_up_is_a_warning(cast: Cast) -> None:
    assert health()["Mail"] == (
        "warning", "No mail server is set up: letters are kept in the outbox."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "tone"),
    [
        ({"state": "sent", "sent_at": OLD}, "success"),
        ({"state": "waiting"}, "danger"),
        # It waits for the morning.
        ({"state": "waiting", "not_before": NOW}, "success"),
        ({"state": "failed"}, "warning"),
        ({"state": "waiting", "created_at": NOW}, "success"),
    ],
)
@override_settings(EMAIL_URL="smtp://localhost")
def test_mail_is_judged_by_what_waits_and_fails(
    cast: Cast, fields: dict[str, object], tone: str
) -> None:
    row = {"address": "a@b.org", "subject": "s", "created_at": OLD, **fields}
    Delivery.objects.create(**row)

    assert health()["Mail"][0] == tone
