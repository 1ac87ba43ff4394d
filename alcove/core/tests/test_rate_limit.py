import datetime as dt

import pytest

from alcove.core.errors import TooManyRequests
from alcove.core.rate_limit import count_request

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def test_count_request_refuses_the_one_over_the_limit_until_the_next_minute() -> None:
    for _ in range(3):
        count_request("post", "person:1", limit=3, now=NOW)

    with pytest.raises(TooManyRequests):
        count_request("post", "person:1", limit=3, now=NOW)
    count_request("post", "person:2", limit=3, now=NOW)
    count_request("post", "person:1", limit=3, now=NOW + dt.timedelta(minutes=1))
