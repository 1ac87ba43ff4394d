"""The practice file in the browser: nothing changes before the yes, and all or nothing after it."""

import datetime as dt

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from alcove.core.errors import NotFound
from alcove.core.models import AuditRow
from alcove.people.models import Person, Practice
from alcove.practice.actions.exchange_file import (
    KEPT_FOR,
    apply_upload,
    download_practice,
    drop_upload,
    forget_uploads,
    preview_of,
    upload_practice,
)
from alcove.practice.errors import NothingUploaded
from alcove.practice.models import PracticeUpload
from tests.cast import NOW, Cast, make_person
from tests.untouched import every_row, refused

FILE = b"""\
practice: {name: Another Name}
people:
  - {email: nina@example.org, name: Nina New}
"""


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.admin)
    return client


def send(admin: Client, content: bytes) -> int:
    file = SimpleUploadedFile("practice.yaml", content)
    return admin.post(reverse("practice:data"), {"file": file}).status_code


def test_download_is_the_practice_file_and_on_record(cast: Cast, admin: Client) -> None:
    answer = admin.post(reverse("practice:download"))

    assert yaml.safe_load(answer.content)["practice"]["name"] == "Linden Practice"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="practice.yaml"'
    assert AuditRow.objects.filter(act="practice.exported", actor=cast.admin.key).exists()


def test_upload_shows_what_would_change_and_changes_nothing(cast: Cast, admin: Client) -> None:
    assert send(admin, FILE) == 302
    before = every_row()

    page = admin.get(reverse("practice:preview")).content.decode()

    assert "nina@example.org" in page
    [look] = AuditRow.objects.filter(act="looked")
    assert (look.actor, look.subject) == (cast.admin.key, "practice_file")
    after = every_row()
    for log in ("core.AuditRow", "core.AuditHead"):
        del before[log], after[log]
    assert after == before
    assert Practice.load().name == "Linden Practice"


def test_yes_takes_it_over_and_forgets_the_file(cast: Cast, admin: Client) -> None:
    send(admin, FILE)
    digest = PracticeUpload.objects.get().digest

    assert admin.post(reverse("practice:preview"), {"digest": digest}).status_code == 302

    assert Practice.load().name == "Another Name"
    assert Person.objects.filter(email="nina@example.org").exists()
    assert not PracticeUpload.objects.exists()
    row = AuditRow.objects.get(act="practice.imported")
    assert (row.actor, row.data["changes"]) == (cast.admin.key, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"practice: {notice_hours: soon}\n", "whole number"),
        (b"people:\n  - {email: x}\n", "is not an e-mail address"),
        (b"nonsense: 1\n", "has no key"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"a: [", "line"),
    ],
)
def test_wrong_file_is_shown_with_lines_and_changes_nothing(
    cast: Cast, admin: Client, content: bytes, words: str
) -> None:
    assert send(admin, content) == 302

    page = admin.get(reverse("practice:preview")).content.decode()
    answer = admin.post(
        reverse("practice:preview"), {"digest": PracticeUpload.objects.get().digest}
    )

    assert "The file needs mending" in page
    assert words in page.replace("&quot;", '"') or words == "line"
    assert answer.status_code == 409
    assert Practice.load().name == "Linden Practice"


def test_file_of_nothing_new_says_so(cast: Cast, admin: Client) -> None:
    Person.objects.filter(is_admin=True).update(is_staff=True)
    send(admin, download_practice(actor=cast.admin, now=NOW).encode())

    page = admin.get(reverse("practice:preview")).content.decode()

    assert "nothing would change" in page


def test_another_file_meanwhile_is_not_taken_for_the_one_that_was_read(cast: Cast) -> None:
    digest = upload_practice(actor=cast.admin, content=FILE, now=NOW).digest
    upload_practice(actor=cast.admin, content=b"practice: {name: Third}\n", now=NOW)

    with refused(NothingUploaded):
        apply_upload(actor=cast.admin, digest=digest, now=NOW)


def test_file_is_for_the_admin_who_uploaded_it(cast: Cast) -> None:
    other = make_person("Otto Other", is_admin=True)
    digest = upload_practice(actor=cast.admin, content=FILE, now=NOW).digest

    assert preview_of(other, now=NOW) is None
    with refused(NothingUploaded):
        apply_upload(actor=other, digest=digest, now=NOW)
    with refused(NotFound):
        drop_upload(actor=other)
    for person in (cast.staff, cast.client):
        with refused(NotFound):
            upload_practice(actor=person, content=FILE, now=NOW)
        with refused(NotFound):
            download_practice(actor=person, now=NOW)


def test_file_is_forgotten_on_a_word_and_after_a_day(cast: Cast, admin: Client) -> None:
    send(admin, FILE)
    assert admin.post(reverse("practice:drop_upload")).status_code == 302
    assert not PracticeUpload.objects.exists()
    upload_practice(actor=cast.admin, content=FILE, now=NOW)

    forget_uploads({}, NOW + KEPT_FOR - dt.timedelta(seconds=1))
    assert PracticeUpload.objects.exists()
    assert preview_of(cast.admin, now=NOW + KEPT_FOR) is None
    forget_uploads({}, NOW + KEPT_FOR)
    assert not PracticeUpload.objects.exists()


def test_without_a_file_the_page_says_what_is_missing(cast: Cast, admin: Client) -> None:
    assert admin.post(reverse("practice:data"), {}).status_code == 422
    assert "no uploaded file" in admin.get(reverse("practice:preview")).content.decode()
