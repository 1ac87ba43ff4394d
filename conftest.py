"""What every test run shares."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import configuration, settings

pytest_plugins = ["tests.browser", "tests.cast", "tests.payment_service", "tests.stand_in"]

configuration.set_hypothesis_home_dir(Path(__file__).parent / "var" / "hypothesis")
# No deadline: a busy machine is no failure. In CI the examples are the same in each run.
settings.register_profile("alcove", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("alcove")


def pytest_configure() -> None:
    """Name static files plainly: the hashed names exist only where files were collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django_settings.STORAGES = {**django_settings.STORAGES, "staticfiles": plain}
    # Pages keep it true: those of a test must not tell it to a practice on this machine.
    django_settings.CRISIS_FILE = Path(tempfile.mkdtemp()) / "crisis.json"
    # A fresh clone has collected nothing, and WhiteNoise warns about a folder that is not there.
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


SKIP_IN_CI = "nothing may be skipped in CI"


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI a skip is a failure: a test that did not run has shown nothing."""
    if report.skipped and "CI" in os.environ and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{SKIP_IN_CI}: {report.nodeid}: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
