"""Files that people send: what they are by their bytes, never by their name or the sender's word.

A picture is decoded and written anew: places and cameras that a photograph names are gone, and so is
whatever else was hidden in it. A PDF is kept as it is, and only ever handed out as a download.
"""

import io
import re
import unicodedata
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from alcove.rooms.errors import FileBroken, FileKindRefused, FileTooLarge

LARGEST = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
# The longer side of a kept picture: sharp on every screen, light on a phone.
LONGEST_SIDE = 2560
LONGEST_NAME = 120
NAME_LIMIT = 255

PDF = "application/pdf"
# Media type and ending by what Pillow finds; everything else is refused.
PICTURES = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file as it may be kept; ``width`` and ``height`` in pixels, of pictures."""

    name: str
    media_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


def check_file(name: str, content: bytes) -> CheckedFile:
    """The file as it may be kept; raises FileTooLarge, FileKindRefused or FileBroken."""
    if len(content) > LARGEST:
        raise FileTooLarge(most=LARGEST // 1024 // 1024)
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise FileBroken
        return CheckedFile(clean_name(name, "pdf"), PDF, content)
    return _check_picture(name, content)


def _check_picture(name: str, content: bytes) -> CheckedFile:
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that unpacks to gigabytes; our own limit refuses it.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=list(PICTURES))
    except Image.DecompressionBombError as error:
        raise FileTooLarge(most=LARGEST // 1024 // 1024) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise FileKindRefused from error
    if picture.width * picture.height > MOST_PIXELS:
        raise FileTooLarge(most=LARGEST // 1024 // 1024)
    kind = str(picture.format)
    try:
        anew = _write_anew(picture, kind)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise FileBroken from error
    media_type, ending = PICTURES[kind]
    written = io.BytesIO()
    anew.save(written, kind, quality=88)
    return CheckedFile(
        clean_name(name, ending), media_type, written.getvalue(), anew.width, anew.height
    )


def _write_anew(picture: Image.Image, kind: str) -> Image.Image:
    """The pixels of its first frame alone, upright, no larger than screens are."""
    # Made smaller before it is copied, or a few at once would fill the memory. A palette cannot be.
    if picture.mode != "P":
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    has_alpha = kind != "JPEG" and (
        upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    )
    plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A copy of the pixels carries no further data of the file.
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def clean_name(name: str, ending: str) -> str:
    """The name that the sender gave, safe in every file system and header, with a true ending."""
    base = re.split(r"[\\/]", name[-NAME_LIMIT:])[-1]
    kept = "".join(
        letter if letter.isalnum() or letter in " -_.()" else "_"
        for letter in unicodedata.normalize("NFC", base)
        if unicodedata.category(letter)[0] != "C"
    )
    stem = kept.rpartition(".")[0] or kept
    stem = stem.strip(" .")[: LONGEST_NAME - len(ending) - 1] or "file"
    return f"{stem}.{ending}"
