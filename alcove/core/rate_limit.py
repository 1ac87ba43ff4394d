"""A fixed window per minute, counted in the cache that all web processes share."""

import datetime as dt

from django.core.cache import cache

from alcove.core.errors import TooManyRequests

WINDOW_SECONDS = 60


def count_request(purpose: str, owner: str, *, limit: int, now: dt.datetime) -> None:
    """Count one request of this owner; TooManyRequests from the ``limit``-th + 1 in a minute."""
    window = int(now.timestamp()) // WINDOW_SECONDS
    key = f"rate:{purpose}:{owner}:{window}"
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:
        # The cache dropped the key between the two calls; it is counted from the next one on.
        return
    if count > limit:
        raise TooManyRequests
