"""Staff's second try for a letter that has failed."""

import datetime as dt

from django.db import transaction

from alcove.notifications.actions.post_letter import have_sent
from alcove.notifications.errors import NotFailed
from alcove.notifications.models import Delivery
from alcove.people.access import require_staff
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person


@transaction.atomic
def retry_delivery(*, actor: Person, delivery: Delivery, now: dt.datetime) -> None:
    """Have a failed letter sent again, with as much patience as the first time.

    It keeps its Message-ID. Raises NotFound for others than staff and NotFailed.
    """
    require_staff(actor)
    failed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.FAILED)
    if not failed.update(state=Delivery.State.WAITING, give_up_at=None, last_error=""):
        raise NotFailed
    have_sent(delivery, now=now)
    record_act(actor=actor, act="delivery.sent_again", subject=delivery.key, now=now)
