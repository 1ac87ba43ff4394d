"""Every page that shows staff or admins somebody's data puts the look on record; others are named.

The pages are those that nobody else is let in to, by the table of every route: a new one fails here
until it records the look, or is listed as a page that shows nobody.
"""

from django.test import Client
from django.urls import reverse

from alcove.core.models import AuditRow
from tests.test_every_route import EXPECTED, ROLES, Things, things

__all__ = ["things"]

STAFF, ADMIN = ROLES.index("staff"), ROLES.index("admin")

# Numbers, machinery and the practice's own words: nobody's data.
SHOWS_NOBODY = {"desk:home", "desk:health", "practice:money"}
# What an admin sets up, invites or loads themself, before it is anybody's data.
OWN_WORK = {
    "practice:home", "practice:settings", "practice:texts", "practice:reasons",
    "practice:rename_reason", "practice:invite", "practice:data", "practice:preview",
    "practice:first_provider", "practice:first_plan", "practice:first_client",
    "practice:first_ready", "practice:plans", "practice:new_plan", "practice:change_plan",
}  # fmt: skip


def is_for_staff_alone(name: str) -> bool:
    answers = EXPECTED[name]
    others = [answers[index] for index in range(len(ROLES)) if index not in {STAFF, ADMIN}]
    return 200 in {answers[STAFF], answers[ADMIN]} and set(others) <= {404, 302}


def test_every_look_of_staff_is_on_record(things: Things) -> None:
    silent = set()
    for name in filter(is_for_staff_alone, EXPECTED):
        role = "staff" if EXPECTED[name][STAFF] == 200 else "admin"
        before = AuditRow.objects.count()
        assert things.status(name, role) == 200, name
        rows = list(AuditRow.objects.order_by("sequence")[before:])
        if not rows:
            silent.add(name)
            continue
        assert [(row.actor, row.act) for row in rows] == [
            (getattr(things.cast, role).key, "looked")
        ], name

    assert silent == SHOWS_NOBODY | OWN_WORK


def test_a_post_that_shows_the_page_again_is_a_look(things: Things) -> None:
    silent, shown = set(), set()
    for name, answers in EXPECTED.items():
        role = next((one for one in ("staff", "admin") if answers[ROLES.index(one)] != 404), None)
        if role is None or answers[ROLES.index("stranger")] != 404:
            continue
        client = Client()
        client.force_login(getattr(things.cast, role))
        before = AuditRow.objects.count()
        response = client.post(reverse(name, args=things.arguments.get(name, [])), {})
        if response.status_code in {302, 404, 405}:
            continue
        shown.add(name)
        if not AuditRow.objects.filter(sequence__gt=before).exists():
            silent.add(name)

    assert {"desk:cancel", "desk:book_time", "billing:staff_credits", "billing:refunded"} <= shown
    assert silent <= SHOWS_NOBODY | OWN_WORK | {"practice:logo"}


def test_the_head_of_a_page_is_a_look_as_the_page_is(things: Things) -> None:
    for name in filter(is_for_staff_alone, EXPECTED):
        role = "staff" if EXPECTED[name][STAFF] == 200 else "admin"
        client = Client()
        client.force_login(getattr(things.cast, role))
        before = AuditRow.objects.count()
        client.head(reverse(name, args=things.arguments.get(name, [])))
        is_silent = name in SHOWS_NOBODY | OWN_WORK
        assert AuditRow.objects.count() - before == (0 if is_silent else 1), name
