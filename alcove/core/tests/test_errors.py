"""Refusals: stable codes, messages for people, one page each."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import RequestFactory
from django.utils import translation

from alcove.core.errors import DomainError, NotAllowed, NotFound, TooManyRequests
from alcove.core.middleware import DomainErrorPages


def every_error(root: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for app in apps.get_app_configs():
        if (Path(app.path) / "errors.py").exists() and app.name.startswith("alcove."):
            import_module(f"{app.name}.errors")
    for error in root.__subclasses__():
        if ".tests." in error.__module__:
            continue
        yield error
        yield from every_error(error)


def test_codes_are_unique_and_plain() -> None:
    errors = sorted(set(every_error()), key=lambda error: error.code)

    codes = [error.code for error in errors]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)
    # Above 500 are the troubles of others that we ask, such as a gateway of payments.
    others = {502, 503}
    assert all(400 <= one.http_status < 500 or one.http_status in others for one in errors)


def test_message_is_filled_from_the_data_in_both_languages() -> None:
    class Full(DomainError):
        message = "Only %(owner)s can."

    assert str(Full(owner="Cora")) == "Only Cora can."
    assert Full(owner="Cora").data == {"owner": "Cora"}
    with translation.override("es"):
        assert str(Full(owner="100 %")) == "Only 100 % can."


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status"), [(NotFound, 404), (NotAllowed, 403)])
def test_refused_page_answers_in_its_own_status(error: type[DomainError], status: int) -> None:
    translator = DomainErrorPages(lambda request: pytest.fail("not asked again"))

    page = translator.process_exception(RequestFactory().get("/"), error())

    assert page is not None
    assert page.status_code == status
    assert str(error.message) in page.content.decode() or status == 404


def test_other_exceptions_are_none_of_the_translators_business() -> None:
    translator = DomainErrorPages(lambda request: pytest.fail("not asked again"))

    assert translator.process_exception(RequestFactory().get("/"), ValueError()) is None


def test_each_error_of_the_foundations_has_a_test_that_earns_it() -> None:
    tests = "\n".join(path.read_text() for path in settings.BASE_DIR.rglob("tests/test_*.py"))
    foundations = ("core", "people", "billing", "booking")
    errors = [error for error in every_error() if error.__module__.split(".")[1] in foundations]

    unearned = [
        error.__name__
        for error in errors
        # Named where it is raised, or last in a line of a table of refusals.
        if not re.search(rf"(refused|raises)\({error.__name__}\b|, {error.__name__}\),\n", tests)
        and error not in {NotAllowed, NotFound, TooManyRequests}
    ]

    assert unearned == []
