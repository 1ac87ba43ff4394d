"""Short public codes: what addresses and mails show instead of row ids."""

import secrets

# Crockford's alphabet: no I, L, O or U, so a code survives being read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12


def new_code() -> str:
    """Return a fresh random code of 60 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
