"""What no request may do, whichever page it asks for."""

import logging

import pytest
from django.test import Client

from alcove.core.logs import WithoutSecretLinks
from alcove.core.middleware import LARGEST_BODY


@pytest.mark.parametrize("charset", ["utf-16", "idna", "base64", "no-such-codec"])
def test_form_in_another_charset_is_refused_before_it_is_read(charset: str) -> None:
    # The test client's post() would encode by that charset itself.
    answer = Client().generic(
        "POST",
        "/account/login/",
        b"a=b",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )

    assert answer.status_code == 415


@pytest.mark.django_db
def test_form_in_utf_8_is_read() -> None:
    answer = Client().post(
        "/account/login/",
        b"login=nobody",
        content_type="application/x-www-form-urlencoded; charset=UTF-8",
    )

    assert answer.status_code == 200


def test_body_over_the_limit_is_refused() -> None:
    answer = Client().post("/account/login/", {"a": "b" * LARGEST_BODY})

    assert answer.status_code == 413


def test_one_time_link_does_not_reach_the_log() -> None:
    record = logging.makeLogRecord({"msg": "Forbidden: %s", "args": ("/you/enter/s3cr3t/",)})

    WithoutSecretLinks().filter(record)

    assert record.getMessage() == "Forbidden: /you/enter/…/"
