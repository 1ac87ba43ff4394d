"""Every door by which a name comes in refuses one that cannot be read."""

import pytest
from django.test import Client
from django.urls import reverse

from alcove.people.models import Person
from alcove.people.tests.test_names import UNREADABLE
from alcove.practice_file.apply import import_practice
from alcove.practice_file.problems import Refused
from tests.cast import NOW, Cast


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
