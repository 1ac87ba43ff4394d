"""Files in a room: checked by their bytes, written anew, served to members only."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from alcove.core.errors import NotFound
from alcove.people.models import Person
from alcove.rooms import files
from alcove.rooms.actions import post_message as posting
from alcove.rooms.actions.post_message import MOST_FILES, post_message
from alcove.rooms.errors import (
    FileBroken,
    FileKindRefused,
    FileTooLarge,
    RoomFull,
    TooManyFiles,
)
from alcove.rooms.files import PDF, CheckedFile, check_file, clean_name
from alcove.rooms.models import Attachment, AttachmentContent, Message
from tests.cast import NOW, Cast
from tests.untouched import refused

PDF_BYTES = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    """A red picture."""
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, kind, **options)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "media_type", "ending"),
    [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png"), ("WEBP", "image/webp", "webp")],
)
def test_a_picture_is_what_its_bytes_are(kind: str, media_type: str, ending: str) -> None:
    found = check_file("holiday.exe", picture(kind))

    assert (found.name, found.media_type) == (f"holiday.{ending}", media_type)
    assert (found.width, found.height) == (40, 20)
    assert opened(found.content).format == kind


def test_a_photograph_forgets_where_it_was_taken_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)  # where

    found = check_file("x.jpg", picture(exif=exif, comment=b"secret words"))

    assert not opened(found.content).getexif()
    assert b"ecret" not in found.content
    assert (found.width, found.height) == (20, 40)


def test_words_hidden_in_a_picture_are_gone() -> None:
    hidden = PngInfo()
    hidden.add_text("note", "<script>hidden</script>")

    found = check_file("x.png", picture("PNG", pnginfo=hidden) + b"<script>tail</script>")

    assert b"script" not in found.content


def test_a_large_picture_becomes_as_large_as_screens_are() -> None:
    found = check_file("x.jpg", picture(size=(6000, 3000)))

    assert (found.width, found.height) == (2560, 1280)


def test_a_clear_background_stays_clear() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(written, "PNG")

    assert opened(check_file("x.png", written.getvalue()).content).mode == "RGBA"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileKindRefused),
        (SVG, FileKindRefused),
        (b"<!doctype html><script>1</script>", FileKindRefused),
        (b"MZ" + bytes(100), FileKindRefused),
        (b"GIF89a" + bytes(100), FileKindRefused),
        (b"PK\x03\x04" + bytes(100), FileKindRefused),
        (picture(size=(400, 400))[:-300], FileBroken),
        (b"%PDF-1.7 and no end", FileBroken),
        (PDF_BYTES + bytes(files.LARGEST), FileTooLarge),
    ],
)
def test_everything_else_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_file("holiday.jpg", content)


def test_a_picture_that_unpacks_to_gigabytes_is_refused_unread() -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < files.LARGEST

    with pytest.raises(FileTooLarge):
        check_file("bomb.png", bomb.getvalue())


def test_a_pdf_is_kept_as_it_is() -> None:
    found = check_file("Plan für Mai.PDF", PDF_BYTES)

    assert (found.name, found.media_type, found.content) == ("Plan für Mai.pdf", PDF, PDF_BYTES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "a_bX-Evil_ 1.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("<script>.pdf", "_script_.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_harmless(name: str, expected: str) -> None:
    assert clean_name(name, "pdf") == expected


def send(cast: Cast, who: Person, *contents: tuple[str, bytes], text: str = "") -> Any:
    client = Client()
    client.force_login(who)
    uploads = [SimpleUploadedFile(name, content) for name, content in contents]
    return client.post(f"/rooms/{cast.room.code}/", {"text": text, "attachments": uploads})


def fetch(cast: Cast, who: Person | None, code: str, room: str = "") -> tuple[int, bytes]:
    client = Client()
    if who:
        client.force_login(who)
    answer = client.get(f"/rooms/{room or cast.room.code}/files/{code}/")
    return answer.status_code, answer.getvalue()


def test_members_open_what_was_sent_and_nobody_else(cast: Cast) -> None:
    answer = send(cast, cast.client, ("plan.pdf", PDF_BYTES), ("me.png", picture("PNG")))
    assert answer.status_code == 302
    plan, me = Attachment.objects.order_by("pk")

    assert fetch(cast, cast.client, plan.code) == (200, PDF_BYTES)
    assert fetch(cast, cast.provider, me.code)[0] == 200
    for other in (cast.partner, cast.second_provider, cast.staff, cast.stranger):
        assert fetch(cast, other, plan.code)[0] == 404
    assert fetch(cast, None, plan.code)[0] == 302
    # Through another room of one's own it is not there either.
    assert fetch(cast, cast.client, plan.code, cast.second_room.code)[0] == 404
    assert fetch(cast, cast.client, "NOSUCHFILE00")[0] == 404


def test_a_browser_can_do_nothing_with_a_file_but_show_or_keep_it(cast: Cast) -> None:
    send(cast, cast.client, ("plan.pdf", PDF_BYTES), ("me.png", picture("PNG")))
    client = Client()
    client.force_login(cast.provider)
    plan, me = (
        client.get(f"/rooms/{cast.room.code}/files/{one.code}/")
        for one in Attachment.objects.order_by("pk")
    )

    for answer in (plan, me):
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"].startswith("private")
    assert plan["Content-Disposition"].startswith("attachment")
    assert me["Content-Disposition"].startswith("inline")
    assert (plan["Content-Type"], me["Content-Type"]) == ("application/pdf", "image/png")


def test_the_page_shows_pictures_and_offers_pdf_files(cast: Cast) -> None:
    send(cast, cast.client, ("plan.pdf", PDF_BYTES), ("me.png", picture("PNG")), text="Look")
    client = Client()
    client.force_login(cast.provider)

    html = client.get(f"/rooms/{cast.room.code}/").content.decode()

    assert 'alt="me.png" width="40" height="20"' in html
    assert "plan.pdf" in html


def test_a_refused_file_sends_nothing_and_keeps_the_words(cast: Cast) -> None:
    answer = send(cast, cast.client, ("good.pdf", PDF_BYTES), ("evil.png", SVG), text="My words")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "evil.png: Only pictures" in html
    assert "My words" in html
    assert not Message.objects.exists()
    assert not AttachmentContent.objects.exists()


def test_a_message_takes_some_files_and_no_more(cast: Cast) -> None:
    many = [("plan.pdf", PDF_BYTES)] * (MOST_FILES + 1)

    assert send(cast, cast.client, *many).status_code == 422
    with refused(TooManyFiles):
        post_message(
            actor=cast.client,
            room_code=cast.room.code,
            text="",
            files=[CheckedFile("x.pdf", PDF, PDF_BYTES)] * (MOST_FILES + 1),
            now=NOW,
        )
    assert not Attachment.objects.exists()


def test_a_room_holds_so_much_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ROOM_BYTES", len(PDF_BYTES) * 2)
    file = CheckedFile("x.pdf", PDF, PDF_BYTES)
    for room in (cast.room, cast.room, cast.second_room):
        post_message(actor=cast.client, room_code=room.code, text="", files=[file], now=NOW)

    with refused(RoomFull):
        post_message(actor=cast.provider, room_code=cast.room.code, text="", files=[file], now=NOW)
    assert Message.objects.filter(room=cast.room).count() == 2


def test_strangers_send_nothing(cast: Cast) -> None:
    assert send(cast, cast.stranger, ("x.pdf", PDF_BYTES)).status_code == 404
    with pytest.raises(NotFound):
        post_message(
            actor=cast.stranger,
            room_code=cast.room.code,
            text="",
            files=[CheckedFile("x.pdf", PDF, PDF_BYTES)],
            now=NOW,
        )
    assert not Attachment.objects.exists()
