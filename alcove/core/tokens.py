"""Secrets in addresses: 256 random bits, of which only the hash is kept."""

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh secret for an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a secret; whatever somebody typed in its place has a hash too."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
