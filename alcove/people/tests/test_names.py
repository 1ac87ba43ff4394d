"""Names that people read: one line, nothing hidden, nothing turned round."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from alcove.people.models import Person
from alcove.people.names import validate_name
from alcove.practice_file.apply import import_practice
from alcove.practice_file.problems import Refused
from tests.cast import NOW, Cast

READABLE = ["Zoë Ünï", "漢字", "O'Neill-Smith Jr.", "می\u200cخواهم", "👩‍👩‍👧", "3rd of May"]
UNREADABLE = [
    "A\u202eB",
    "A\u2066B",
    "Ann\r\nBcc: x",
    "Tab\there",
    "A\u2028B",
    "\u200b\u2060",
    "\x07",
]


@pytest.mark.parametrize("name", READABLE)
def test_names_of_the_world_are_names(name: str) -> None:
    validate_name(name)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_hides_or_turns_round_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_name(name)


@pytest.mark.parametrize("name", UNREADABLE)
def test_every_door_refuses_it(cast: Cast, client: Client, name: str) -> None:
    client.force_login(cast.client)
    own = {"name": name, "time_zone": "UTC", "language": "en"}
    assert client.post(reverse("people:settings"), own).status_code in {200, 422}
    assert Person.objects.get(pk=cast.client.pk).name == "Cora Client"
    client.force_login(cast.admin)
    new = own | {"email": "new@example.org"}
    assert client.post(reverse("practice:invite"), new).status_code == 422
    text = f"people: [{{email: new@example.org, name: {ascii(name).replace(chr(39), chr(34))}}}]"
    with pytest.raises(Refused):
        import_practice(text.encode(), now=NOW)
    assert not Person.objects.filter(email="new@example.org").exists()
