"""What people write in a room."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError
from alcove.rooms.actions.post_message import MOST_FILES
from alcove.rooms.errors import FileTooLarge, TooManyFiles
from alcove.rooms.files import LARGEST, CheckedFile, check_file


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Pictures and PDF files, each checked by its bytes; cleans to CheckedFile."""

    widget = _SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"})

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        """Check every file; what is wrong is said with its name."""
        files = data if isinstance(data, list) else [data] if data else []
        if len(files) > MOST_FILES:
            raise forms.ValidationError(str(TooManyFiles(most=MOST_FILES)))
        return [self._check(file) for file in files]

    def _check(self, file: "UploadedFile[Any]") -> CheckedFile:
        name = file.name or ""
        try:
            # Before it is read: what is too large does not come into memory.
            if (file.size or 0) > LARGEST:
                raise FileTooLarge(most=LARGEST // 1024 // 1024)
            return check_file(name, file.read())
        except DomainError as error:
            raise forms.ValidationError(f"{name}: {error}") from error


class MessageForm(forms.Form):
    """A message; whether it is empty or too long is the action's to say."""

    text = forms.CharField(
        label=_("Your message"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    attachments = FilesField(
        label=_("Pictures or PDF files"),
        help_text=_("Up to 5, each up to 10 MB. Only the members of this room can open them."),
        required=False,
    )
