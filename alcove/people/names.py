"""What a name may hold: letters that can be read, and nothing that hides or turns round others."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Controls, and the ends of lines and paragraphs: a name is one line.
_NEVER = {"Cc", "Zl", "Zp"}
# They turn the letters after them round, past the name's own end (Unicode Technical Report 36).
_TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def validate_name(name: str) -> None:
    """Refuse a name that cannot be read, or changes how what stands beside it is read.

    Joiners inside a name stay: Persian and others are written with them.
    """
    kinds = {unicodedata.category(letter) for letter in name}
    if kinds & _NEVER or _TURNING & set(name):
        raise ValidationError(_("Write the name in one line, without invisible signs."))
    if not any(kind[0] in "LNPS" for kind in kinds):
        raise ValidationError(_("Write a name that can be read."))
