"""`alcove push-key`: a new private key for web push."""

import argparse

from alcove.commands.console import say
from alcove.notifications.web_push import new_private_key


def run(options: argparse.Namespace) -> int:
    """Print the key; changing the one in use takes every device's notifications away."""
    say(new_private_key())
    return 0
