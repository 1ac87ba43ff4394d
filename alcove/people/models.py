"""The people of the practice, and the practice itself."""

import datetime as dt
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from alcove.core.folding import fold
from alcove.people.names import validate_name
from alcove.people.policies import RANGES
from alcove.people.zones import is_zone


def validate_zone(name: str) -> None:
    """Refuse a name that is not an IANA time zone."""
    if not is_zone(name):
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class PersonManager(BaseUserManager["Person"]):
    """Creates people; looks them up by e-mail without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Add a person; without a password they sign in by mailed code or passkey."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this e-mail address."""
        return self.get(email=(username or "").strip().lower())


class FoldedField(models.CharField):  # type: ignore[type-arg] # generic for the checker only
    """Name and address as a search sees them, kept with them by whatever way they are written."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 - Django's
        """Fold what the row says now."""
        person = cast("Person", model_instance)
        folded = fold(f"{person.name} {person.email}")[: self.max_length]
        person.folded = folded
        return folded


class Person(AbstractBaseUser):
    """Somebody who can sign in: client, partner, provider, staff or admin, or several of these."""

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        SPANISH = "es", "Español"

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[validate_name])
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_zone]
    )
    language = models.CharField(
        _("language"), max_length=5, choices=Language.choices, default=Language.ENGLISH
    )
    is_active = models.BooleanField(default=True)
    is_provider = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    is_admin = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    folded = FoldedField(max_length=500, default="", blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the words for the search with the name and the address."""
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    @property
    def key(self) -> str:
        """The opaque key by which events and idempotency keys name this person."""
        return f"person:{self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which every screen and mail shows times to this person."""
        return ZoneInfo(self.time_zone)


class SignInLink(models.Model):
    """A secret link that signs one person in once; only its hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.person_id}"


class SetUpLink(models.Model):
    """A secret link that sets up a practice which has nobody yet, once; only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"set-up link {self.pk}"


class PersonInvitation(models.Model):
    """The practice's invitation of somebody new; its link signs them in, once.

    Only the secret's hash is kept. Open until it is accepted, withdrawn or sent anew; the database
    allows a person one that is not closed.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at=None), name="person_invited_once"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(closed_at__isnull=False),
                name="person_invitation_accepted_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")), name="person_invitation_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.person_id}"


class DeletionRequest(models.Model):
    """Somebody's wish that what is held about them be deleted; admins decide.

    The database allows a person one that is open.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("Waits for the practice")
        DELETED = "deleted", _("Deleted")
        DECLINED = "declined", _("Declined")
        TAKEN_BACK = "taken_back", _("Taken back")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(default="", blank=True)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default="", blank=True)
    answer = models.TextField(default="", blank=True)
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at=None), name="deletion_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="")
                | Q(
                    closed_at__isnull=False,
                    outcome__in=["deleted", "declined", "taken_back"],
                ),
                name="deletion_closed_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"deletion of {self.person_id}"


def _in_range() -> Q:
    """Every number of the practice within its range."""
    condition = Q()
    for field, span in RANGES.items():
        condition &= Q(**{f"{field}__range": span})
    return condition


class Practice(models.Model):
    """The practice that this deployment serves: one row, its name and its booking settings."""

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    name = models.CharField(max_length=120, default="Alcove", validators=[validate_name])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    # Added to the crisis page and to the cancellation policy; English, and Spanish where it is given.
    crisis_text = models.TextField(default="", blank=True)
    crisis_text_es = models.TextField(default="", blank=True)
    crisis_link = models.URLField(
        max_length=300, default="", blank=True, validators=[URLValidator(["https", "http"])]
    )
    policy_text = models.TextField(default="", blank=True)
    policy_text_es = models.TextField(default="", blank=True)
    # Such as "#1d6156", one for each theme, or none of the two.
    accent_light = models.CharField(max_length=7, default="", blank=True)
    accent_dark = models.CharField(max_length=7, default="", blank=True)
    # Of the logo that is shown; the picture is a row of its own, as every page reads this one.
    logo_digest = models.CharField(max_length=16, default="", blank=True)
    notice_hours = models.PositiveSmallIntegerField(default=24)
    hold_minutes = models.PositiveSmallIntegerField(default=10)
    confirm_within_hours = models.PositiveSmallIntegerField(default=24)
    confirm_before_start_hours = models.PositiveSmallIntegerField(default=2)
    confirm_at_least_minutes = models.PositiveSmallIntegerField(default=15)
    confirms_automatically = models.BooleanField(default=False)
    # The live room: when its door opens, how long it stays open, who opens it (R14).
    join_before_minutes = models.PositiveSmallIntegerField(default=15)
    join_after_minutes = models.PositiveSmallIntegerField(default=10)
    lets_in_automatically = models.BooleanField(default=False)
    no_show_after_minutes = models.PositiveSmallIntegerField(default=10)
    dispute_hours = models.PositiveSmallIntegerField(default=48)
    # Finding a time together (R6): how long a provider has to answer, when they are reminded, and
    # how long the times that they offer are kept.
    proposal_answer_hours = models.PositiveSmallIntegerField(default=72)
    proposal_remind_hours = models.PositiveSmallIntegerField(default=24)
    offer_hours = models.PositiveSmallIntegerField(default=48)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="practice_is_one_row"),
            models.CheckConstraint(condition=_in_range(), name="practice_numbers_in_range"),
            models.CheckConstraint(
                condition=Q(accent_light="", accent_dark="")
                | (~Q(accent_light="") & ~Q(accent_dark="")),
                name="practice_accents_are_a_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> "Practice":
        """Return the practice, with its defaults where nothing was set yet."""
        return cls.objects.filter(pk=cls.ONLY).first() or cls()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the practice's dates: periods of plans, deadlines in letters."""
        return ZoneInfo(self.time_zone)

    def text_in(self, language: str, field: str) -> str:
        """One of the practice's own texts in the reader's language, else in English."""
        spanish: str = getattr(self, f"{field}_es") if language.startswith("es") else ""
        return spanish or str(getattr(self, field))

    @property
    def has_accent(self) -> bool:
        """Whether the practice has colours of its own."""
        return bool(self.accent_light and self.accent_dark)

    @property
    def notice(self) -> dt.timedelta:
        """How long before the start changes stop being free (R13)."""
        return dt.timedelta(hours=self.notice_hours)

    def opens_at(self, starts_at: dt.datetime) -> dt.datetime:
        """From when a session that starts then can be joined (R14)."""
        return starts_at - dt.timedelta(minutes=self.join_before_minutes)

    def closes_at(self, ends_at: dt.datetime) -> dt.datetime:
        """Until when a session that ends then can be joined: its end plus grace."""
        return ends_at + dt.timedelta(minutes=self.join_after_minutes)


class PracticeLogo(models.Model):
    """The picture beside the practice's name: one row, or none."""

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    media_type = models.CharField(max_length=20)
    content = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="logo_is_one_row")]

    def __str__(self) -> str:
        return self.media_type
