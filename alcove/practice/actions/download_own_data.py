"""A person's own data as one file: for programs, for reading, and the files that they sent."""

import datetime as dt
import io
import json
import zipfile

from django.db import transaction
from django.template.loader import render_to_string

from alcove.core import events
from alcove.people.models import Person
from alcove.practice.own_data import everything_about
from alcove.practice.own_data_words import words_of
from alcove.rooms.models import AttachmentContent


@transaction.atomic
def download_own_data(*, actor: Person, now: dt.datetime) -> bytes:
    """A ZIP with data.json, data.html and the actor's own files; on record as an event."""
    sections = everything_about(actor)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(sections, ensure_ascii=False, indent=2))
        archive.writestr(
            "data.html",
            render_to_string("own_data/file.html", {"sections": words_of(sections), "now": now}),
        )
        own = AttachmentContent.objects.filter(attachment__message__author=actor)
        for one in own.select_related("attachment").iterator(chunk_size=5):
            name = f"files/{one.attachment.code}-{one.attachment.name}"
            archive.writestr(name, bytes(one.content))
    events.record("person.data_downloaded", subject=actor.key, actor=actor.key, now=now)
    return file.getvalue()
