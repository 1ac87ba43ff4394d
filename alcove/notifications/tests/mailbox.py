"""A real mail server on 127.0.0.1 that keeps what it takes, and refuses what it is told to."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_django import Settings

OK = "250 OK"
HANG, DROP, TAKE_AND_DROP = "451 hang", "451 drop", "250 take and drop"
# Longer than the product waits in the tests that use it.
HANG_SECONDS = 1.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """What arrived, by address; ``answers`` are given to the next messages instead of taking them.

    Two of them are none: HANG keeps the sender waiting, DROP ends the connection. TAKE_AND_DROP does
    so once the message was taken, so that the answer is lost.
    """

    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        answer = self.answers.pop(0) if self.answers else OK
        if answer == HANG:
            await asyncio.sleep(HANG_SECONDS)
        if answer in {DROP, TAKE_AND_DROP}:
            server.transport.abort()
        if answer not in {OK, TAKE_AND_DROP}:
            return answer
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.arrived += [(to, message) for to in envelope.rcpt_tos]
        return OK

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.arrived if recipient == address]

    def addresses(self) -> list[str]:
        return sorted(recipient for recipient, _message in self.arrived)


def configure_mail(settings: Settings, port: int) -> None:
    """Point the product to a mail server on this port."""
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    settings.BASE_URL = "https://sessions.example.org"
    settings.DEFAULT_FROM_EMAIL = "Front Desk <desk@example.org>"


@pytest.fixture
def mail_port(settings: Settings) -> int:
    """A mail server is configured, but nobody listens."""
    port = free_port()
    configure_mail(settings, port)
    return port


@pytest.fixture
def mailbox(mail_port: int) -> Iterator[Mailbox]:
    """A mail server is configured and runs."""
    box = Mailbox()
    with running(box, mail_port):
        yield box


class running:  # noqa: N801 - used as a statement: with running(box, port)
    """The mail server, while this lasts."""

    def __init__(self, box: Mailbox, port: int) -> None:
        self.controller = Controller(box, hostname="127.0.0.1", port=port)

    def __enter__(self) -> None:
        self.controller.start()

    def __exit__(self, *_exc: object) -> None:
        self.controller.stop()
