"""Names that people read: one line, nothing hidden, nothing turned round."""

import pytest
from django.core.exceptions import ValidationError

from alcove.people.names import validate_name

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
