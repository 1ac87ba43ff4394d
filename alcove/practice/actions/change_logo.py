"""The practice's logo: a picture by its bytes, written anew and made small."""

import datetime as dt
import hashlib
import io

from django.db import transaction
from PIL import Image

from alcove.people.access import require_admin
from alcove.people.actions.change_practice import change_practice
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person, PracticeLogo
from alcove.practice.errors import LogoRefused, LogoTooLarge
from alcove.rooms.errors import FileBroken, FileKindRefused, FileTooLarge
from alcove.rooms.files import PICTURES, check_file

LARGEST = 500_000
# The longer side: it is shown 28 CSS pixels high, on screens of up to four times that.
LONGEST_SIDE = 512


@transaction.atomic
def change_logo(*, actor: Person, content: bytes | None, now: dt.datetime) -> None:
    """Show this picture beside the practice's name from now on; None shows the mark of Alcove again.

    Raises NotFound, LogoTooLarge or LogoRefused.
    """
    require_admin(actor)
    if content is None:
        PracticeLogo.objects.all().delete()
        digest = ""
    else:
        media_type, picture = _small(content)
        digest = hashlib.sha256(picture).hexdigest()[:16]
        PracticeLogo.objects.update_or_create(
            pk=PracticeLogo.ONLY, defaults={"media_type": media_type, "content": picture}
        )
    change_practice(actor=actor, now=now, logo_digest=digest)
    record_act(
        actor=actor,
        act="practice.logo_changed",
        subject="practice",
        now=now,
        data={"digest": digest},
    )


def _small(content: bytes) -> tuple[str, bytes]:
    """The media type, and the picture written anew without anything else that was in the file."""
    if len(content) > LARGEST:
        raise LogoTooLarge(most=LARGEST // 1000)
    try:
        checked = check_file("logo", content)
    except FileTooLarge as error:
        raise LogoTooLarge(most=LARGEST // 1000) from error
    except (FileKindRefused, FileBroken) as error:
        raise LogoRefused from error
    kinds = {media_type: kind for kind, (media_type, _ending) in PICTURES.items()}
    if checked.media_type not in kinds:
        raise LogoRefused
    picture = Image.open(io.BytesIO(checked.content))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    picture.save(written, kinds[checked.media_type], quality=88)
    return checked.media_type, written.getvalue()
