"""How commands speak: results to standard output, refusals to standard error."""

import sys


def say(text: str = "") -> None:
    """Print a result."""
    print(text, flush=True)


def refuse(text: str) -> int:
    """Print what is wrong and return the exit code for it."""
    print(f"alcove: {text}", file=sys.stderr, flush=True)
    return 1
