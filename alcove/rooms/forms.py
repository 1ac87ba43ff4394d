"""What people write in a room, and how its members change."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError
from alcove.people.models import Person
from alcove.people.names import validate_name
from alcove.people.zones import zone_names
from alcove.rooms.actions.post_message import MOST_FILES
from alcove.rooms.errors import FileTooLarge, TooManyFiles
from alcove.rooms.files import LARGEST, CheckedFile, check_file
from alcove.rooms.models import Room


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


class InviteForm(forms.Form):
    """The address that an invitation goes to; how it is compared is the action's to say."""

    address = forms.EmailField(
        label=_("Your partner's e-mail address"),
        help_text=_("Only somebody who signs in with this very address can use the invitation."),
        max_length=254,
    )


class CouplesRoomForm(InviteForm):
    """With whom, and who is invited."""

    beside = forms.ChoiceField(label=_("With which provider?"), widget=forms.RadioSelect)

    field_order = ("beside", "address")

    def __init__(self, rooms: list[Room], data: Any = None) -> None:
        """Offer the providers of these rooms."""
        super().__init__(data)
        choices = [(room.code, room.provider.name) for room in rooms]
        self.fields["beside"] = forms.ChoiceField(
            label=_("With which provider?"), widget=forms.RadioSelect, choices=choices
        )
        self.order_fields(self.field_order)
        if len(choices) == 1:
            self.initial["beside"] = choices[0][0]


class JoinForm(forms.Form):
    """What somebody new says of themself when they join; of others nothing is asked."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As your partner and your provider know you."),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"), help_text=_("All times are shown to you in it.")
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        """Ask only who has no name yet."""
        super().__init__(data)
        if person.name:
            self.fields.clear()
            return
        names = sorted({*zone_names(), person.time_zone})
        zones = cast(forms.ChoiceField, self.fields["time_zone"])
        zones.choices = [(name, name) for name in names]
        self.initial["time_zone"] = person.time_zone
