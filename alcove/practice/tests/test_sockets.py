"""Whoever is deactivated hears nothing more, from the moment on at which an admin says so."""

import pytest
from asgiref.sync import sync_to_async
from django.test import TestCase

from alcove.live.tests.test_room_socket import (  # noqa: F401 - a fixture too
    _now,
    listening,
)
from alcove.live.tests.test_socket import (  # noqa: F401 - fixtures too
    DURING,
    Call,
    _nothing_counted,
    _one_connection,
    call,
    lets_in,
    pages_inside,
    played,
)
from alcove.practice.actions.deactivate import deactivate
from tests.cast import Cast


@sync_to_async
def let_go(cast: Cast, who: str) -> None:
    """The admin deactivates one of the cast, and it is committed."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        deactivate(actor=cast.admin, person=getattr(cast, who), reason="Gone", now=DURING)


@pytest.mark.parametrize("who", ["client", "provider"])
def test_room_page_of_somebody_deactivated_is_closed_at_once(cast: Cast, who: str) -> None:
    @played
    async def scene() -> None:
        page = await listening(cast, getattr(cast, who))

        await let_go(cast, who)

        assert await page.closed_with() == 4401

    scene()


@played
async def test_call_of_somebody_deactivated_ends_at_once(
    cast: Cast,
    lets_in: None,  # noqa: F811
    call: Call,  # noqa: F811
) -> None:
    _provider, client = await pages_inside(call, "provider", "client")

    await let_go(cast, "client")

    assert (await client.hear("error"))["fatal"]
    assert await client.closed_with() == 4401
