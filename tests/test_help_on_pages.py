"""Every page of the product leads each of its readers to a guide that fits."""

import re
from collections.abc import Iterator

import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.cast import NOW
from tests.test_every_route import EXPECTED, ROLES, SIGN_IN, Things, things  # noqa: F401

# Pages that stand when everything else has failed, or that another page takes in: no frame of ours.
WITHOUT_FRAME = {"crisis", "offline", "booking:offline", "rooms:lines"}
# Help needs none.
HELP = {"guides:list", "guides:list_in", "guides:guide", "guides:guide_in"}
FOUND = re.compile(r'<nav class="page-help"')


def pages(things: Things, role: str) -> Iterator[tuple[str, str]]:  # noqa: F811
    """What this role is shown, by the name of its address."""
    client = Client()
    if role != "nobody":
        client.force_login(getattr(things.cast, role))
    for name in sorted(set(EXPECTED) | SIGN_IN):
        try:
            url = reverse(name, args=things.arguments.get(name, []))
        except NoReverseMatch:
            continue
        if name == "account_logout":
            continue
        response = client.get(url)
        if response.status_code in {200, 410} and "text/html" in response.get("Content-Type", ""):
            yield name, response.content.decode()


def test_every_page_leads_each_reader_to_a_guide(things: Things) -> None:  # noqa: F811
    with time_machine.travel(NOW, tick=False):
        shown = {(role, name): page for role in ROLES for name, page in pages(things, role)}

    bare = {key for key, page in shown.items() if not FOUND.search(page)}

    assert {(role, name) for role, name in bare if name not in WITHOUT_FRAME | HELP} == set()
    assert {role for role, _ in shown} == set(ROLES)
