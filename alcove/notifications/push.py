"""Pushing one message to the devices of its reader.

Each device has its copy (``PushCopy``), marked when its push service took it, so that trouble with
one device repeats nothing on another. Where an answer was lost, the same message goes out once more:
it carries the same topic, by which the service replaces what still waits there, and the same tag, by
which the device replaces what it shows (docs/decisions/0011).
"""

import datetime as dt
import json
import time
from collections.abc import Mapping

from django.conf import settings
from django.utils.crypto import salted_hmac

from alcove.core import clock, outbound
from alcove.notifications.carriers import Carrier, Refused, TemporaryTrouble, carry
from alcove.notifications.kinds import Channel, Kind
from alcove.notifications.models import Delivery, PushCopy, PushDevice
from alcove.notifications.vapid import own_key
from alcove.notifications.web_push import BrowserKeys, encode, seal, vapid_header
from alcove.people.models import Person

# One device, and all of them together: a sender's lease must outlast the whole.
SECONDS_FOR_ONE = 10.0
SECONDS_FOR_ALL = 60.0

# How long a push service keeps what it cannot hand over yet, unless it is of no use before. Old
# news is in the product anyway.
KEPT_FOR = dt.timedelta(days=1)
# Wakes a phone that saves its battery: only where waiting would miss the point.
URGENT = {Kind.REMINDERS, Kind.REQUESTS}

GONE = {404, 410}
COME_AGAIN = {408, 425, 429}


def push_to_devices(delivery: Delivery) -> None:
    """Push the message to each device that has not taken it yet; drop those that are gone.

    Raises TemporaryTrouble while any device may still take it, and Refused when at least one
    will not, or none is left.
    """
    deadline = time.monotonic() + SECONDS_FOR_ALL
    waiting: list[str] = []
    for copy in _open_copies(delivery):
        if time.monotonic() > deadline:
            waiting.append("there was no time for all devices")
            break
        try:
            _push(delivery, copy)
        except TemporaryTrouble as trouble:
            waiting.append(str(trouble))
    if waiting:
        raise TemporaryTrouble(waiting[0])
    _judge(delivery)


def has_devices(person: Person) -> bool:
    """Whether a push would arrive anywhere."""
    return PushDevice.objects.filter(person=person).exists()


def _open_copies(delivery: Delivery) -> list[PushCopy]:
    """The copies to be pushed now, made at the first try for the devices that there are then.

    A refused one is tried again only when nothing else is left: staff have asked for it.
    """
    copies = PushCopy.objects.filter(delivery=delivery)
    if not copies.exists():
        devices = PushDevice.objects.filter(person=delivery.person)
        made = [PushCopy(delivery=delivery, device=device) for device in devices]
        PushCopy.objects.bulk_create(made, ignore_conflicts=True)
    unsent = list(copies.filter(sent_at=None).select_related("device").order_by("pk"))
    return [copy for copy in unsent if not copy.refusal] or unsent


def _push(delivery: Delivery, copy: PushCopy) -> None:
    """Push one copy and mark it; raises TemporaryTrouble."""
    device = copy.device
    try:
        answer = outbound.ask(
            "POST",
            device.endpoint,
            headers=_headers(delivery, device),
            body=seal(_payload(delivery), BrowserKeys(device.p256dh, device.auth)),
            most_bytes=200,
            seconds=SECONDS_FOR_ONE,
        )
    except outbound.Unreachable as trouble:
        raise TemporaryTrouble(str(trouble)) from trouble
    except outbound.Refused as refusal:
        _refuse(copy, str(refusal))
        return
    now = clock.now()
    if answer.status in GONE:
        # The browser has taken its subscription back (RFC 8030 section 7.3).
        device.delete()
    elif 200 <= answer.status < 300:
        PushCopy.objects.filter(pk=copy.pk).update(sent_at=now, refusal="")
        PushDevice.objects.filter(pk=device.pk).update(reached_at=now)
    elif answer.status in COME_AGAIN or answer.status >= 500:
        raise TemporaryTrouble(f"the push service answered {answer.status}")
    else:
        _refuse(copy, f"the push service answered {answer.status}")


def _refuse(copy: PushCopy, reason: str) -> None:
    PushCopy.objects.filter(pk=copy.pk).update(refusal=reason[:200])


def _judge(delivery: Delivery) -> None:
    """Raise Refused unless every device that is left took it."""
    copies = PushCopy.objects.filter(delivery=delivery)
    refusal = copies.exclude(refusal="").values_list("refusal", flat=True).first()
    if refusal:
        raise Refused(refusal)
    if not copies.exists():
        raise Refused("no device is left")


def _payload(delivery: Delivery) -> bytes:
    """What the service worker reads (static/js/service_worker.js)."""
    return json.dumps(
        {
            "title": delivery.subject,
            "body": delivery.text,
            "url": delivery.path,
            "tag": _topic(delivery),
            "lang": delivery.person.language if delivery.person else "",
        }
    ).encode()


def _headers(delivery: Delivery, device: PushDevice) -> Mapping[str, str]:
    now = clock.now()
    until = min(now + KEPT_FOR, delivery.useful_until or now + KEPT_FOR)
    kept_for = max(until - now, dt.timedelta())
    return {
        "Authorization": vapid_header(
            device.endpoint, key=own_key(), contact=settings.PUSH_CONTACT, now=now
        ),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(kept_for.total_seconds())),
        "Urgency": "high" if delivery.kind in URGENT else "normal",
        "Topic": _topic(delivery),
    }


def _topic(delivery: Delivery) -> str:
    """32 letters of base64url (RFC 8030 section 5.4), the same for each copy, and opaque."""
    mark = salted_hmac("alcove.push", delivery.key, algorithm="sha256").digest()
    return encode(mark[:24])


carry(Channel.PUSH, Carrier(send=push_to_devices, reaches=has_devices, works=lambda: True))
