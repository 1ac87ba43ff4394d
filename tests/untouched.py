"""Showing that a refused act changed nothing: every row of every table is as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import IntegrityError

from alcove.core.errors import DomainError

E = TypeVar("E", bound=DomainError)
APPS = (
    "core",
    "people",
    "rooms",
    "availability",
    "billing",
    "booking",
    "live",
    "support",
    "notifications",
    "practice",
)


def every_row() -> dict[str, list[dict[str, Any]]]:
    """All rows of the product's tables."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for app in APPS
        for model in apps.get_app_config(app).get_models()
    }


@contextmanager
def refused(error: type[E]) -> Iterator[pytest.ExceptionInfo[E]]:
    """The block must be refused with exactly this error, and leave no trace."""
    before = every_row()
    with pytest.raises(error) as caught:
        yield caught
    assert caught.type is error
    assert every_row() == before


@contextmanager
def refused_by_the_database(words: str = "") -> Iterator[None]:
    """The database itself must refuse the block, for the reason named, whatever code runs."""
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield


def insert(table: str, **columns: Any) -> None:
    """Add a row round all Python code; instants as the database at hand keeps them."""
    names = ", ".join(columns)
    marks = ", ".join(["%s"] * len(columns))
    run_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", *columns.values())


def run_sql(statement: str, *values: Any) -> None:
    """Run one statement round all Python code."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [_plain(value) for value in values])


def _plain(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if hasattr(value, "tzinfo") else value
