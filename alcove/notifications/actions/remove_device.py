"""Taking notifications from a device."""

import datetime as dt

from alcove.core.errors import NotFound
from alcove.notifications.models import PushDevice
from alcove.people.models import Person


def remove_device(*, actor: Person, device_id: int, now: dt.datetime) -> None:
    """Forget one of the actor's own devices; NotFound for any other."""
    if not PushDevice.objects.filter(pk=device_id, person=actor).delete()[0]:
        raise NotFound
