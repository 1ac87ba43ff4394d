"""Events speak upwards: recorded with the change, received after it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from alcove.core import events, jobs
from alcove.core.models import Event, Job
from tests.cast import NOW

KIND = "test.happened"


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    """What two receivers of KIND have heard, the second one after the first."""
    log: list[tuple[str, int]] = []

    @events.receives(KIND)
    def first(event: Event) -> None:
        log.append(("first", event.pk))

    @events.receives(KIND, "test.other")
    def second(event: Event) -> None:
        log.append(("second", event.pk))

    yield log
    for kind in (KIND, "test.other"):
        events._receivers.pop(kind, None)


def record(kind: str = KIND) -> Event:
    return events.record(kind, subject="thing:1", actor="person:1", now=NOW, data={"a": 1})


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        record()

    assert not Event.objects.exists()


@pytest.mark.django_db
def test_event_is_kept_as_recorded() -> None:
    event = Event.objects.get(pk=record().pk)

    assert (event.kind, event.subject, event.actor, event.data, event.happened_at) == (
        KIND,
        "thing:1",
        "person:1",
        {"a": 1},
        NOW,
    )


@pytest.mark.django_db
def test_event_without_receivers_leaves_no_job() -> None:
    record("test.nobody_listens")

    assert not Job.objects.exists()


@pytest.mark.django_db
def test_event_reaches_each_receiver_of_its_kind_once(heard: list[tuple[str, int]]) -> None:
    event = record()
    other = record("test.other")
    assert heard == []
    assert list(Job.objects.order_by("id").values_list("kind", "payload")) == [
        ("events.dispatch", {"event": event.pk}),
        ("events.dispatch", {"event": other.pk}),
    ]

    assert jobs.run_due(NOW) == 2

    assert heard == [("first", event.pk), ("second", event.pk), ("second", other.pk)]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_event_of_a_change_that_was_undone_is_heard_by_nobody(
    heard: list[tuple[str, int]],
) -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)

    assert jobs.run_due(NOW) == 0
    assert (heard, Event.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_receiver_registered_twice_hears_once(heard: list[tuple[str, int]]) -> None:
    receiver = events._receivers[KIND][0]
    events.receives(KIND)(receiver)
    event = record()

    jobs.run_due(NOW)

    assert heard == [("first", event.pk), ("second", event.pk)]


@pytest.mark.django_db
def test_failing_receiver_leaves_no_rows_and_is_called_again(heard: list[tuple[str, int]]) -> None:
    failures = [OSError("away")]

    def fails_once(event: Event) -> None:
        Event.objects.create(kind="test.effect", subject="x", actor="y", happened_at=NOW)
        if failures:
            raise failures.pop()

    events.receives(KIND)(fails_once)
    record()

    jobs.run_due(NOW)
    assert not Event.objects.filter(kind="test.effect").exists()

    jobs.run_due(NOW + jobs.LONGEST_PAUSE)
    assert Event.objects.filter(kind="test.effect").count() == 1
    assert [name for name, _ in heard] == ["first", "second", "first", "second"]
