"""Whether a message that waited still tells its reader something."""

import datetime as dt
from collections.abc import Callable

from alcove.notifications.models import Delivery

Question = Callable[[Delivery, dt.datetime], bool]
_questions: dict[str, Question] = {}


def useful_while(kind: str) -> Callable[[Question], Question]:
    """Register the decorated function to be asked before a message about such an event goes out."""

    def register(question: Question) -> Question:
        _questions[kind] = question
        return question

    return register


def is_useful(delivery: Delivery, now: dt.datetime) -> bool:
    """Whether it may still go out, by the clock and by what it is about."""
    if delivery.useful_until is not None and now >= delivery.useful_until:
        return False
    question = _questions.get(delivery.event.kind) if delivery.event else None
    return question is None or question(delivery, now)
