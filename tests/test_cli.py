"""The command line: what each command prints, its exit code, and the start from nothing."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.db import connection

from alcove.cli import main
from alcove.database_check.run import CHECKS
from alcove.people.models import Person, SignInLink
from alcove.people.sign_in_links import use_link
from alcove.practice_file.sample import ROLES
from tests.cast import Cast

START_SECONDS = 60
LINK = re.compile(r"^  (.+?)  +\S.*? (http://\S+/enter/\S+/)$", re.MULTILINE)


def environment(var: Path, port: int) -> dict[str, str]:
    """A fresh machine's: nothing is set but where files go and the port."""
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    return {**kept, "ALCOVE_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Running:
    """A started Alcove, and what it printed before it served."""

    address: str
    printed: str
    environment: dict[str, str]

    def alcove(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return alcove(self.environment, *arguments)


def alcove(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alcove.cli", *arguments],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`alcove start` in an empty folder, until the module's tests are done."""
    var, port = tmp_path_factory.mktemp("var"), free_port()
    variables = environment(var, port)
    address = f"http://127.0.0.1:{port}"
    with (var / "printed").open("w") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "alcove.cli", "start"],
            env=variables,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while "Stop with" not in (text := (var / "printed").read_text()):
            assert process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.05)
        yield Running(address, text, variables)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_the_first_page_answers_and_leads_to_sign_in(running: Running) -> None:
    answer = httpx.get(running.address, follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/account/login/")
    assert httpx.get(f"{running.address}/healthz").text == "ok"


def test_each_printed_link_signs_one_person_in_once(running: Running) -> None:
    links = dict(LINK.findall(running.printed))
    assert list(links) == list(ROLES)
    for link in links.values():
        with httpx.Client(base_url=running.address) as browser:
            page = browser.get(link)
            assert page.status_code == 200
            form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            entered = browser.post(link, data=form)
            assert (entered.status_code, entered.headers["location"]) == (302, "/")
            assert browser.get("/you/").status_code == 200
            # Signing in has renewed the form's token; the link itself is what is spent.
            form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            assert browser.post(link, data=form).status_code == 410


def test_a_sign_in_link_is_made_for_anybody_known(running: Running) -> None:
    made = running.alcove("sign-in-link", "Alex@example.org")
    assert made.returncode == 0
    assert made.stdout.startswith(f"{running.address}/you/enter/")
    unknown = running.alcove("sign-in-link", "nobody@example.org")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == "alcove: nobody with the address nobody@example.org may sign in.\n"


def test_what_the_command_line_does_is_on_record_and_its_end_can_be_noted(
    running: Running,
) -> None:
    running.alcove("sign-in-link", "alex@example.org")
    assert running.alcove("export").returncode == 0

    end = running.alcove("check").stdout.splitlines()[-1].removeprefix("The audit log ends at row ")
    running.alcove("sign-in-link", "alex@example.org")
    assert running.alcove("check", "--audit-row", end).returncode == 0
    number, _colon, digest = end.partition(":")
    wrong = running.alcove("check", "--audit-row", f"{int(number) + 50}:{digest}")
    assert wrong.returncode == 1
    assert "the audit log has no row" in wrong.stderr
    with sqlite3.connect(Path(running.environment["ALCOVE_VAR"]) / "alcove.sqlite3") as database:
        found = database.execute("SELECT act FROM core_auditrow WHERE actor = 'system'")
        acts = [act for (act,) in found]
    assert {"sign_in_link.made", "practice.exported"} <= set(acts)


def test_a_taken_port_is_said_with_the_way_out(running: Running) -> None:
    port = int(running.environment["PORT"])
    second = running.alcove("start")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"alcove: cannot listen on 127.0.0.1 port {port}: Address already in use.\n"
        f"Choose another port with PORT={port + 1} make run, "
        f"or alcove serve --port {port + 1}.\n"
    )


def test_a_running_practice_passes_the_check_and_is_backed_up(
    running: Running, tmp_path: Path
) -> None:
    checked = running.alcove("check")
    assert checked.returncode == 0
    assert checked.stdout.startswith(f"All {len(CHECKS)} checks hold.\n")
    file = tmp_path / "backup.sqlite3"
    assert running.alcove("backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    again = running.alcove("backup", str(file))
    assert (again.returncode, again.stderr) == (
        1,
        f"alcove: {file} exists; choose another name.\n",
    )

    elsewhere = environment(tmp_path / "var", free_port())
    assert alcove(elsewhere, "restore", str(file)).returncode == 0
    restored = alcove(elsewhere, "check")
    assert restored.stdout.startswith(f"All {len(CHECKS)} checks hold.\n")
    refused = alcove(elsewhere, "restore", str(file))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert alcove(elsewhere, "restore", str(file), "--replace").returncode == 0
    kept = sorted(path.name for path in (tmp_path / "var").glob("alcove.sqlite3*"))
    assert len(kept) == 2


def test_a_file_that_is_no_backup_is_not_restored(tmp_path: Path) -> None:
    variables = environment(tmp_path / "var", free_port())
    wrong = tmp_path / "wrong"
    wrong.write_text("not a database, and long enough to be looked at as one" * 20)
    other = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE notes (words)")
    for file in (wrong, other):
        refused = alcove(variables, "restore", str(file))
        assert (refused.returncode, refused.stderr) == (
            1,
            f"alcove: {file} is not a whole backup of Alcove.\n",
        )
    assert not (tmp_path / "var" / "alcove.sqlite3").exists()


def test_a_worker_runs_until_it_is_told_to_stop(running: Running) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "alcove.cli", "worker"],
        env=running.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "Running jobs. Stop with Ctrl-C.\n"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    worker.stdout.close()


def test_a_database_that_is_not_set_up_is_said(tmp_path: Path) -> None:
    variables = environment(tmp_path / "var", free_port())
    for command in (["serve"], ["worker"], ["check"], ["sample"], ["import", "practice.yaml"]):
        refused = alcove(variables, *command)
        assert (refused.returncode, refused.stderr) == (
            1,
            "alcove: the database is not set up; run `alcove setup` first.\n",
        )


def test_an_unsafe_public_start_is_refused(running: Running) -> None:
    public = {**running.environment, "BASE_URL": "http://alcove.example.org", "PORT": "0"}
    refused = alcove(public, "serve")
    assert refused.returncode == 1
    assert "is public but not https" in refused.stderr
    assert "SECRET_KEY" in refused.stderr


@pytest.mark.django_db
def test_an_import_says_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "practice.yaml"
    file.write_text("people: [{email: ann@example.org, name: Ann}]\n")
    assert main(["import", str(file)]) == 0
    assert capsys.readouterr().out == "people                1 added\n1 change\n"
    assert main(["import", str(file)]) == 0
    assert capsys.readouterr().out == "people                1 unchanged\n0 changes\n"


@pytest.mark.django_db
def test_a_refused_import_lists_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "practice.yaml"
    file.write_text("people:\n- {email: ann, name: Ann}\n- {name: Ben}\n")
    assert main(["import", str(file)]) == 1
    assert capsys.readouterr().err == (
        f"alcove: nothing was changed; {file} needs mending:\n"
        "line 2: email: “ann” is not an e-mail address.\n"
        "line 3: a person needs “email”; add it.\n"
    )
    assert Person.objects.count() == 0
    assert main(["import", str(tmp_path / "missing.yaml")]) == 1
    assert capsys.readouterr().err == (
        f"alcove: {tmp_path / 'missing.yaml'} cannot be read: No such file or directory.\n"
    )


def test_the_sample_never_mixes_with_a_practice(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sample", "--if-empty"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["sample"]) == 1
    assert capsys.readouterr().err == (
        "alcove: there is a practice in the database already; the sample is for empty ones.\n"
    )
    assert Person.objects.filter(email="alex@example.org").count() == 0


def test_a_broken_database_is_described(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rooms_room SET owner_id = %s WHERE id = %s",
            [cast.stranger.pk, cast.couples_room.pk],
        )
    assert main(["check"]) == 1
    printed = capsys.readouterr()
    assert printed.out == (
        "BROKEN: Owner and provider of a room are its members, a partner is in couples rooms "
        f"only\n  room {cast.couples_room.code}: its owner is not a member as such\n"
    )
    assert printed.err == f"alcove: 1 of {len(CHECKS)} checks do not hold.\n"


def test_a_printed_link_is_the_persons_own(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign-in-link", "CORA@example.org"]) == 0
    token = capsys.readouterr().out.strip().rstrip("/").rpartition("/")[2]
    link = SignInLink.objects.get()
    assert use_link(token, now=link.expires_at.replace(year=link.expires_at.year - 1)) == (
        cast.client
    )


@pytest.mark.parametrize("arguments", [[], ["dance"], ["serve", "--port", "0"], ["import"]])
def test_a_wrong_call_is_answered_with_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: alcove")
