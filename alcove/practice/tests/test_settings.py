"""The practice's settings and reasons: who changes them, what they may be, what stays as it was."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alcove.booking.actions import reasons
from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.errors import ReasonListed, ReasonNeeded
from alcove.booking.models import CancellationReason, Ending
from alcove.core.errors import NotFound
from alcove.core.models import AuditRow, Event
from alcove.people.actions.change_practice import change_practice
from alcove.people.errors import ReminderTooLate
from alcove.people.models import Practice
from alcove.people.policies import RANGES
from alcove.practice.forms.settings import SettingsForm
from tests.cast import NOW, Cast, at, book_confirmed, cancel
from tests.untouched import refused, refused_by_the_database, run_sql


def typed(**changes: object) -> dict[str, object]:
    """The whole form as it comes from the page, with some of it typed anew."""
    form = SettingsForm(instance=Practice.load())
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: value for name, value in values.items() if value is not False}


def test_admin_changes_a_setting_and_it_is_on_record(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    answer = client.post(reverse("practice:settings"), typed(notice_hours=48))

    assert answer.status_code == 302
    assert Practice.load().notice_hours == 48
    event = Event.objects.get(kind="practice.changed")
    row = AuditRow.objects.get(act="practice.changed")
    for record in (event, row):
        assert (record.actor, record.data) == (cast.admin.key, {"notice_hours": [24, 48]})


def test_saving_what_is_set_already_changes_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    client.post(reverse("practice:settings"), typed())

    assert not Event.objects.filter(kind="practice.changed").exists()


def test_session_booked_before_keeps_its_notice(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))

    change_practice(actor=cast.admin, now=NOW, notice_hours=300)

    appointment.refresh_from_db()
    assert appointment.free_until == at(3, 9)


@pytest.mark.parametrize("field", RANGES)
def test_number_out_of_its_range_changes_nothing_and_is_kept_on_the_page(
    cast: Cast, client: Client, field: str
) -> None:
    client.force_login(cast.admin)

    for wrong in (RANGES[field][0] - 1, RANGES[field][1] + 1, "soon"):
        answer = client.post(reverse("practice:settings"), typed(**{field: wrong}))
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.content.decode()

    assert getattr(Practice.load(), field) == getattr(Practice(), field)


@pytest.mark.parametrize("field", RANGES)
def test_database_refuses_a_number_out_of_its_range(cast: Cast, field: str) -> None:
    with refused_by_the_database("practice_numbers_in_range"):
        run_sql(f"UPDATE people_practice SET {field} = %s", RANGES[field][1] + 1)


def test_reminder_comes_before_the_answer_is_due(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    answer = client.post(
        reverse("practice:settings"), typed(proposal_answer_hours=10, proposal_remind_hours=11)
    )

    assert answer.status_code == 422
    with refused(ReminderTooLate):
        change_practice(
            actor=cast.admin, now=NOW, proposal_answer_hours=10, proposal_remind_hours=11
        )


def test_nobody_but_admins_changes_the_practice(cast: Cast) -> None:
    for person in (cast.client, cast.provider, cast.staff):
        with refused(NotFound):
            change_practice(actor=person, now=NOW, name="Mine")
        with refused(NotFound):
            reasons.add_reason(actor=person, en="A", es="B", now=NOW)
        with refused(NotFound):
            reasons.retire_reason(actor=person, pk=cast.reason.pk, now=NOW)


def test_reasons_are_added_ordered_retired_and_brought_back(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    address = reverse("practice:reasons")

    client.post(address, {"en": "Work", "es": "El trabajo"})
    work = CancellationReason.objects.get(text_en="Work")
    client.post(reverse("practice:raise_reason", args=[work.pk]))
    assert list(CancellationReason.objects.all()) == [work, cast.reason]

    client.post(reverse("practice:retire_reason", args=[work.pk]))
    assert list(CancellationReason.objects.filter(retired_at=None)) == [cast.reason]
    client.post(reverse("practice:bring_back_reason", args=[work.pk]))
    assert CancellationReason.objects.filter(retired_at=None).count() == 2
    acts = AuditRow.objects.filter(act__startswith="reason.").values_list("act", flat=True)
    assert list(acts.order_by("sequence")) == [
        "reason.added",
        "reason.raised",
        "reason.retired",
        "reason.brought_back",
    ]


def test_reason_is_on_the_list_once(cast: Cast, client: Client) -> None:
    with refused(ReasonListed):
        reasons.add_reason(actor=cast.admin, en=cast.reason.text_en, es="X", now=NOW)
    client.force_login(cast.admin)
    answer = client.post(reverse("practice:reasons"), {"en": cast.reason.text_en, "es": "X"})
    assert answer.status_code == 422
    with refused_by_the_database("(?i)unique"):
        run_sql(
            "INSERT INTO booking_cancellationreason (text_en, text_es, position)"
            " VALUES (%s, %s, 1)",
            cast.reason.text_en,
            "X",
        )


def test_renaming_a_reason_that_was_chosen_leaves_what_was_chosen(cast: Cast) -> None:
    cancel(book_confirmed(cast.room, at(4, 9)))

    renamed = reasons.rename_reason(
        actor=cast.admin, pk=cast.reason.pk, en="Not well", es="No estoy bien", now=NOW
    )

    assert Ending.objects.get().reason == cast.reason
    cast.reason.refresh_from_db()
    assert (cast.reason.text_en, cast.reason.retired_at) == ("I am ill", NOW)
    assert renamed.pk != cast.reason.pk


def test_renaming_a_reason_that_nobody_chose_changes_its_words(cast: Cast) -> None:
    reasons.rename_reason(actor=cast.admin, pk=cast.reason.pk, en="Ill", es="Mal", now=NOW)

    cast.reason.refresh_from_db()
    assert (cast.reason.text_en, cast.reason.text_es) == ("Ill", "Mal")


def test_retired_reason_is_not_taken(cast: Cast, client: Client) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    reasons.add_reason(actor=cast.admin, en="Work", es="El trabajo", now=NOW)
    reasons.retire_reason(actor=cast.admin, pk=cast.reason.pk, now=NOW)

    with refused(ReasonNeeded):
        cancel_appointment(
            actor=cast.client,
            code=appointment.code,
            reason=CancellationReason.objects.get(pk=cast.reason.pk),
            words="",
            agreed="free",
            now=NOW,
        )


def test_list_of_reasons_asks_the_same_for_one_and_for_thirty(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("practice:reasons"))
    for number in range(30):
        reasons.add_reason(actor=cast.admin, en=f"R{number}", es=f"R{number}", now=NOW)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("practice:reasons"))

    assert len(many) == len(one) == 6
