"""One practice for all journeys; each of them has people of its own in it."""

from collections.abc import Iterator

import pytest

from tests.e2e.practice import Practice, practice_in


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """The server; in the end nothing may have failed in it, and the database must be sound."""
    with practice_in(tmp_path_factory.mktemp("journeys")) as practice:
        yield practice
        assert practice.server.errors() == []
        checked = practice.server.database.run("alcove.cli", "check")
        assert checked.returncode == 0, checked.stdout + checked.stderr
