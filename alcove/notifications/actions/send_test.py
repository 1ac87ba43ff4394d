"""A notification to one's own device, to see that it comes."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.errors import NotFound
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.kinds import Channel
from alcove.notifications.models import Delivery, PushCopy, PushDevice
from alcove.people.models import Person


@transaction.atomic
def send_test(*, actor: Person, device_id: int, now: dt.datetime) -> Delivery:
    """Push a test to one of the actor's own devices; NotFound for any other."""
    device = PushDevice.objects.filter(pk=device_id, person=actor).first()
    if device is None:
        raise NotFound
    test = Delivery(
        person=actor,
        channel=Channel.PUSH,
        subject=_("This is a test"),
        path=reverse("devices:list"),
    )
    post_letter(test, now=now)
    # Its copies are made already: the others of the actor's devices get none.
    PushCopy.objects.create(delivery=test, device=device)
    return test
