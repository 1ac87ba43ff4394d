"""The practice file in the browser: downloaded, uploaded, looked at, taken over."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from alcove.core import jobs
from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person
from alcove.practice.errors import NothingUploaded
from alcove.practice.models import PracticeUpload
from alcove.practice_file.apply import import_practice
from alcove.practice_file.problems import Problem, Refused
from alcove.practice_file.summary import Summary
from alcove.practice_file.write import export_practice

KEPT_FOR = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an uploaded file would change; or what is wrong with it, by line."""

    digest: str
    summary: Summary | None = None
    problems: list[Problem] = field(default_factory=list)


@transaction.atomic
def download_practice(*, actor: Person, now: dt.datetime) -> str:
    """The practice as a file, and on record who has it. Raises NotFound."""
    require_admin(actor)
    text = export_practice()
    record_act(actor=actor, act="practice.exported", subject="practice", now=now)
    return text


@transaction.atomic
def upload_practice(*, actor: Person, content: bytes, now: dt.datetime) -> PracticeUpload:
    """Keep a file for a look at what it would change; a former one of this admin goes."""
    require_admin(actor)
    return PracticeUpload.objects.update_or_create(
        admin=actor,
        defaults={
            "content": content,
            "digest": hashlib.sha256(content).hexdigest(),
            "uploaded_at": now,
        },
    )[0]


def preview_of(actor: Person, *, now: dt.datetime) -> Preview | None:
    """What this admin's uploaded file would change now; None where there is none.

    It is taken over for a look, and all of it is undone.
    """
    require_admin(actor)
    upload = PracticeUpload.objects.filter(admin=actor, uploaded_at__gt=now - KEPT_FOR).first()
    if upload is None:
        return None
    with transaction.atomic():
        try:
            with transaction.atomic():
                summary = import_practice(bytes(upload.content), now=now, actor=actor)
        except Refused as error:
            return Preview(upload.digest, problems=error.problems)
        finally:
            transaction.set_rollback(True)
    return Preview(upload.digest, summary=summary)


@transaction.atomic
def apply_upload(*, actor: Person, digest: str, now: dt.datetime) -> Summary:
    """Take the uploaded file over that was looked at: all of it or nothing.

    Raises NotFound, NothingUploaded where another file came meanwhile, and Refused where the
    practice has changed so that the file does not fit any more.
    """
    require_admin(actor)
    upload = PracticeUpload.objects.select_for_update().filter(admin=actor, digest=digest).first()
    if upload is None:
        raise NothingUploaded
    summary = import_practice(bytes(upload.content), now=now, actor=actor)
    upload.delete()
    record_act(
        actor=actor,
        act="practice.imported",
        subject="practice",
        now=now,
        data={"digest": digest, "changes": summary.changes},
    )
    return summary


@transaction.atomic
def drop_upload(*, actor: Person) -> None:
    """Forget the file that was uploaded."""
    require_admin(actor)
    if not PracticeUpload.objects.filter(admin=actor).delete()[0]:
        raise NotFound


@jobs.every(dt.timedelta(hours=1), "practice.forget_uploads")
def forget_uploads(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Drop files that nobody took over within a day: they name people."""
    PracticeUpload.objects.filter(uploaded_at__lte=now - KEPT_FOR).delete()
