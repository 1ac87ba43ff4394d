"""Everybody is reminded of each session once for each lead, and never late or of what is off."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.models import Appointment
from alcove.core import jobs
from alcove.notifications.actions import remind
from alcove.notifications.actions.remind import make_reminders
from alcove.notifications.due import due_reminders
from alcove.notifications.models import Delivery, Notice, Preferences, Reminder, SwitchedOff
from alcove.notifications.tests.mailbox import Mailbox, running
from alcove.people.models import Person
from alcove.rooms.models import Membership
from tests.cast import Cast, at, book, book_confirmed, cancel, change_plans, move
from tests.untouched import every_row

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
START = at(4, 9)
A_DAY_BEFORE, AN_HOUR_BEFORE = at(3, 9), at(4, 8)
CORA, PAUL, PETRA = "cora@example.org", "paul@example.org", "petra@example.org"


def reminded(*, since: int = 0) -> list[str]:
    """The addresses that reminders went to, in order of their writing."""
    rows = Delivery.objects.filter(event__kind="reminder.due", pk__gt=since).order_by("pk")
    return list(rows.values_list("address", flat=True))


def pass_time(*instants: dt.datetime) -> list[str]:
    """Let the minute's job and what it leads to run at each of these; return who was reminded."""
    before = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for now in instants:
        make_reminders(now=now)
        jobs.run_due(now)
    return sorted(reminded(since=before))


def letter_to(person: Person) -> Delivery:
    found = Delivery.objects.filter(event__kind="reminder.due", person=person).order_by("-pk")
    return found[0]


@pytest.fixture
def session(cast: Cast) -> Appointment:
    """A confirmed session of the couple, on Wednesday at nine."""
    return book_confirmed(cast.couples_room, START)


def choose(person: Person, *leads: int, chosen_at: dt.datetime | None = None) -> None:
    Preferences.objects.create(person=person, lead_minutes=list(leads), leads_chosen_at=chosen_at)


def test_each_member_is_reminded_a_day_and_an_hour_before(session: Appointment) -> None:
    assert pass_time(A_DAY_BEFORE - MINUTE) == []
    assert pass_time(A_DAY_BEFORE) == [CORA, PAUL, PETRA]
    assert pass_time(A_DAY_BEFORE + MINUTE, AN_HOUR_BEFORE - MINUTE) == []
    assert pass_time(AN_HOUR_BEFORE) == [CORA, PAUL, PETRA]
    assert pass_time(START - MINUTE, START, START + HOUR) == []


def test_everybody_is_reminded_at_the_leads_they_chose(cast: Cast, session: Appointment) -> None:
    choose(cast.client, 2880, 10)
    choose(cast.partner)

    assert pass_time(at(2, 9)) == [CORA]
    assert pass_time(A_DAY_BEFORE) == [PETRA]
    assert pass_time(START - 10 * MINUTE) == [CORA, PETRA]


def test_lead_chosen_after_its_moment_leaves_no_late_reminder(
    cast: Cast, session: Appointment
) -> None:
    choose(cast.client, 1440, 120, chosen_at=A_DAY_BEFORE + MINUTE)

    assert pass_time(A_DAY_BEFORE + MINUTE) == [PAUL, PETRA]
    assert pass_time(START - 2 * HOUR) == [CORA]


def test_unconfirmed_session_reminds_nobody(cast: Cast) -> None:
    book(cast.room, START)

    assert pass_time(A_DAY_BEFORE, AN_HOUR_BEFORE) == []


def test_session_confirmed_after_the_moment_has_no_late_reminder(cast: Cast) -> None:
    requested = book(cast.room, START)
    confirmed_at = A_DAY_BEFORE + MINUTE
    # Booked in time, but nobody knew then that it would take place.
    type(requested).objects.update(confirm_by=START)
    confirm_appointment(actor=cast.provider, code=requested.code, now=confirmed_at)

    assert pass_time(confirmed_at, AN_HOUR_BEFORE - MINUTE) == []
    assert pass_time(AN_HOUR_BEFORE) == [CORA, PETRA]


def test_session_confirmed_at_the_very_moment_has_its_reminder(cast: Cast) -> None:
    requested = book(cast.room, START)
    type(requested).objects.update(confirm_by=START)
    confirm_appointment(actor=cast.provider, code=requested.code, now=A_DAY_BEFORE)

    assert pass_time(A_DAY_BEFORE) == [CORA, PETRA]


def test_who_joined_the_room_after_the_moment_has_no_late_reminder(
    cast: Cast, session: Appointment
) -> None:
    Membership.objects.filter(person=cast.partner).update(joined_at=A_DAY_BEFORE + MINUTE)

    assert pass_time(A_DAY_BEFORE + 2 * MINUTE) == [CORA, PETRA]


def test_after_a_silence_only_the_nearest_overdue_reminder_goes_out(session: Appointment) -> None:
    assert pass_time(START - 10 * MINUTE) == [CORA, PAUL, PETRA]
    assert set(Reminder.objects.values_list("lead_minutes", flat=True)) == {60}
    assert pass_time(START - 9 * MINUTE) == []


def test_overdue_reminder_that_is_still_useful_goes_out(session: Appointment) -> None:
    assert pass_time(A_DAY_BEFORE + 5 * HOUR) == [CORA, PAUL, PETRA]
    assert pass_time(A_DAY_BEFORE + 6 * HOUR) == []


def test_silence_until_after_the_start_leaves_nothing(session: Appointment) -> None:
    assert pass_time(START) == []


def test_moved_session_has_new_reminders_and_no_more_of_the_old_time(
    cast: Cast, session: Appointment
) -> None:
    assert pass_time(A_DAY_BEFORE - MINUTE) == []
    move(session, at(6, 9), now=A_DAY_BEFORE - MINUTE)
    assert pass_time(A_DAY_BEFORE, AN_HOUR_BEFORE) == []

    confirm_appointment(actor=cast.provider, code=session.code, now=A_DAY_BEFORE)
    assert pass_time(at(5, 9)) == [CORA, PAUL, PETRA]
    assert pass_time(at(6, 8)) == [CORA, PAUL, PETRA]


def test_session_moved_away_and_back_reminds_of_one_start_once(
    cast: Cast, session: Appointment
) -> None:
    assert len(pass_time(A_DAY_BEFORE)) == 3
    for start, agreed in ((at(6, 9), "credit"), (START, "free")):
        moved = move(session, start, agreed=agreed, now=A_DAY_BEFORE + MINUTE)
        Appointment.objects.update(confirm_by=START)
        confirm_appointment(actor=cast.provider, code=moved.code, now=A_DAY_BEFORE + MINUTE)
        session = moved

    assert pass_time(A_DAY_BEFORE + 2 * MINUTE) == []
    assert pass_time(AN_HOUR_BEFORE) == [CORA, PAUL, PETRA]


def test_cancelled_session_reminds_nobody(session: Appointment) -> None:
    cancel(session, now=A_DAY_BEFORE - MINUTE)

    assert pass_time(A_DAY_BEFORE, AN_HOUR_BEFORE) == []


def test_session_cancelled_between_finding_and_writing_reminds_nobody(
    session: Appointment,
) -> None:
    make_reminders(now=A_DAY_BEFORE)
    cancel(session, now=A_DAY_BEFORE)

    jobs.run_due(A_DAY_BEFORE)

    assert Reminder.objects.count() == 3
    assert reminded() == []


def test_session_cancelled_while_the_mail_server_was_away_reminds_nobody(
    session: Appointment, mail_port: int
) -> None:
    pass_time(A_DAY_BEFORE)
    assert set(waiting()) == {"waiting"}
    cancel(session, agreed="credit", now=A_DAY_BEFORE + MINUTE)

    with running(Mailbox(), mail_port):
        jobs.run_due(A_DAY_BEFORE + HOUR)

    assert set(waiting()) == {"dropped"}


def test_nearer_reminder_takes_the_place_of_one_that_still_waits(
    session: Appointment, mail_port: int
) -> None:
    pass_time(A_DAY_BEFORE)
    box = Mailbox()
    with running(box, mail_port):
        pass_time(AN_HOUR_BEFORE)

    about = [message["Subject"] for message in box.to(CORA)]
    assert about.count("Your booking is coming up") == 1
    assert sorted(waiting()) == ["dropped"] * 3 + ["sent"] * 3


def test_reminder_that_would_arrive_after_the_start_is_dropped(
    session: Appointment, mail_port: int
) -> None:
    pass_time(AN_HOUR_BEFORE)
    with running(Mailbox(), mail_port):
        jobs.run_due(START)

    assert set(waiting()) == {"dropped"}


def waiting() -> list[str]:
    found = Delivery.objects.filter(event__kind="reminder.due")
    return list(found.values_list("state", flat=True))


def test_quiet_hours_hold_a_reminder_unless_the_session_begins_before_they_end(
    cast: Cast, session: Appointment
) -> None:
    # In Berlin nine in UTC is ten in the morning.
    Preferences.objects.create(
        person=cast.client, quiet_from=dt.time(8, 30), quiet_until=dt.time(9, 30)
    )
    Preferences.objects.create(
        person=cast.provider, quiet_from=dt.time(8, 30), quiet_until=dt.time(10, 30)
    )
    pass_time(AN_HOUR_BEFORE)

    assert letter_to(cast.client).not_before == at(4, 8, 30)
    assert letter_to(cast.provider).not_before is None


def test_letter_of_the_owner_says_what_a_change_costs_and_where_to_make_it(
    cast: Cast, session: Appointment
) -> None:
    choose(cast.client, 2880, 1440)

    pass_time(at(2, 9))
    early = letter_to(cast.client)
    pass_time(A_DAY_BEFORE + MINUTE)
    late = letter_to(cast.client)

    assert early.subject == late.subject == "Your booking is coming up"
    assert "Wed, Mar 4, 10:00 AM – 10:45 AM, Berlin (GMT+1)" in early.text
    assert "You can join from 9:45 AM." in early.text
    assert "Changes are free until Tue, Mar 3, 10:00 AM." in early.text
    assert "After that, rescheduling or cancelling costs 1 session credit." in early.text
    assert "free" not in late.text
    assert "If you reschedule or cancel it, you will lose 1 session credit." in late.text
    for letter in (early, late):
        for path in (
            f"/live/{session.code}/",
            f"/schedule/{session.code}/reschedule/",
            f"/schedule/{session.code}/cancel/",
        ):
            assert path in letter.text
            assert path in letter.html


def test_letter_says_the_fee_where_the_plan_takes_one(cast: Cast) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)
    book_confirmed(cast.room, START)

    pass_time(AN_HOUR_BEFORE)

    assert "If you reschedule or cancel it, a fee of $40 applies." in letter_to(cast.client).text


def test_partner_and_provider_are_told_what_they_can_do(cast: Cast, session: Appointment) -> None:
    pass_time(A_DAY_BEFORE)

    partners, providers = letter_to(cast.partner).text, letter_to(cast.provider).text
    assert "Wed, Mar 4, 4:00 AM – 4:45 AM, Lima (GMT-5)" in partners
    assert f"/schedule/{session.code}/\n" in partners
    assert "/reschedule/" not in partners
    assert "/cancel/" not in partners
    assert "credit" not in partners
    assert f"/schedule/{session.code}/cancel/" in providers
    assert "/reschedule/" not in providers
    assert "the client's session credit comes back" in providers


def test_letter_names_nobody_and_says_nothing_of_what_it_is(
    cast: Cast, session: Appointment
) -> None:
    pass_time(A_DAY_BEFORE)

    for letter in Delivery.objects.filter(event__kind="reminder.due"):
        words = f"{letter.subject}\n{letter.text}\n{letter.html}"
        for secret in ("Cora", "Paul", "Petra", "ideo", "herap", "ouple"):
            assert secret not in words
        assert "session" not in letter.subject


def test_reminder_is_on_the_page_news_too_and_by_chosen_channels_only(
    cast: Cast, session: Appointment
) -> None:
    SwitchedOff.objects.create(person=cast.client, kind="reminders", channel="email")

    assert pass_time(A_DAY_BEFORE) == [PAUL, PETRA]
    notice = Notice.objects.get(person=cast.client, kind="reminders")
    assert (notice.about_at, notice.path) == (START, f"/live/{session.code}/")


def test_spanish_reader_gets_spanish_words(cast: Cast, session: Appointment) -> None:
    Person.objects.filter(pk=cast.client.pk).update(language="es")

    pass_time(A_DAY_BEFORE + MINUTE)

    letter = letter_to(cast.client)
    assert letter.subject == "Tu reserva se acerca"
    assert "coming up" not in letter.text


def test_who_cannot_sign_in_any_more_is_not_reminded(cast: Cast, session: Appointment) -> None:
    Person.objects.filter(pk=cast.partner.pk).update(is_active=False)

    assert pass_time(A_DAY_BEFORE) == [CORA, PETRA]


def test_runner_that_lost_the_race_leaves_nothing(
    session: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = due_reminders(A_DAY_BEFORE, 10)
    assert make_reminders(now=A_DAY_BEFORE) == 3
    before = every_row()

    monkeypatch.setattr(remind, "due_reminders", lambda _now, _limit: seen)
    with pytest.raises(IntegrityError):
        make_reminders(now=A_DAY_BEFORE)

    assert every_row() == before


def test_more_than_a_batch_is_made_in_one_go(
    session: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remind, "BATCH", 2)

    remind.remind({}, A_DAY_BEFORE)

    assert Reminder.objects.count() == 3


def test_statements_do_not_grow_with_sessions(cast: Cast) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            make_reminders(now=at(3, 9) + 8 * HOUR)
        return len(captured)

    book_confirmed(cast.room, START)
    for_one = statements()
    for room, hour in ((cast.couples_room, 10), (cast.strangers_room, 11), (cast.second_room, 15)):
        book_confirmed(room, at(4, hour))

    assert statements() == for_one == 6
    assert Reminder.objects.count() == 2 + 3 + 2 + 2
