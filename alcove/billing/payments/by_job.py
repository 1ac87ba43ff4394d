"""The gateway as jobs speak to it: what it does not answer now, it is asked again later."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from alcove.billing.payments import gateway
from alcove.billing.payments.gateway import Gateway, GatewayTrouble
from alcove.core import jobs


@contextmanager
def gateway_by_job() -> Iterator[Gateway]:
    """The gateway; Postpone where none is set up, and where it did not answer. Refusals pass."""
    service = gateway()
    if service is None:
        raise jobs.Postpone(dt.timedelta(hours=1), "no payment service is set up")
    try:
        yield service
    except GatewayTrouble as error:
        raise jobs.Postpone(dt.timedelta(minutes=5), str(error)) from error
