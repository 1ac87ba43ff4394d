"""Letting a device show notifications."""

import datetime as dt

from django.db import transaction

from alcove.core.outbound import Refused, require_public_address
from alcove.notifications.errors import NotASubscription
from alcove.notifications.models import PushDevice
from alcove.notifications.web_push import BrowserKeys
from alcove.people.models import Person

MOST_DEVICES = 20


@transaction.atomic
def add_device(
    *, actor: Person, endpoint: str, p256dh: str, auth: str, name: str, now: dt.datetime
) -> PushDevice:
    """Keep the subscription of the browser that the actor sits at; again is the same as once.

    A browser has one subscription: it leaves whoever had it before, with all that waited for them.
    Beyond ``MOST_DEVICES`` the oldest gives way. Raises NotASubscription for keys that no browser
    made, and for an address that is not a public one.
    """
    try:
        require_public_address(endpoint)
        BrowserKeys(p256dh, auth)
    except (Refused, ValueError) as error:
        raise NotASubscription from error
    PushDevice.objects.filter(endpoint=endpoint).exclude(person=actor).delete()
    present = {"person": actor, "p256dh": p256dh, "auth": auth, "name": name[:60]}
    device, _is_new = PushDevice.objects.update_or_create(
        endpoint=endpoint, defaults=present, create_defaults={**present, "added_at": now}
    )
    own = PushDevice.objects.filter(person=actor)
    latest = list(own.order_by("-pk").values_list("pk", flat=True)[:MOST_DEVICES])
    own.exclude(pk__in=latest).delete()
    return device
