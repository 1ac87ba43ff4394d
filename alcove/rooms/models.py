"""Rooms: the lasting place of a client (or couple) and their provider."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from alcove.core.codes import new_code
from alcove.core.folding import fold
from alcove.people.models import Person


class Room(models.Model):
    """One provider's place with one client, or with the two clients of a couple.

    ``owner`` is the client who created the room; in a couples room only they schedule (R3).
    """

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("Individual")
        COUPLES = "couples", _("Couples")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    # The practice's own key of this room: a second import of its file finds the room by it.
    reference = models.CharField(max_length=40, unique=True, null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.INDIVIDUAL)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="owned_rooms")
    provider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="provided_rooms")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("provider")), name="room_has_two_people"),
            models.CheckConstraint(
                condition=Q(kind__in=["individual", "couples"]), name="room_kind_known"
            ),
            models.UniqueConstraint(
                fields=["owner", "provider"],
                condition=Q(kind="couples", closed_at=None),
                name="room_couples_open_once",
                violation_error_message=_("There is an open couples room of these two already."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> str:
        """The opaque key by which events and the audit log name this room."""
        return f"room:{self.code}"


class Membership(models.Model):
    """Somebody's belonging to a room; the only thing that opens the room to them.

    The database refuses a partner in an individual room (migration 0006).
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("Client")
        PARTNER = "partner", _("Partner")
        PROVIDER = "provider", _("Provider")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices)
    joined_at = models.DateTimeField()
    # The key of the newest message that this person has seen here; it only ever rises.
    read_up_to = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "person"], name="membership_once"),
            models.UniqueConstraint(fields=["room", "role"], name="membership_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "partner", "provider"]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role}"


class Message(models.Model):
    """A message in a room: somebody's words, or a card that an event left."""

    class Kind(models.TextChoices):
        TEXT = "text"
        CARD = "card"

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.TEXT)
    body = models.TextField(default="", blank=True)
    # ``body`` without case and accents, for search: the two databases fold letters differently.
    folded = models.TextField(default="", blank=True, editable=False)
    card = models.JSONField(default=dict, blank=True)
    # The event a card stands for: the database lets each event leave one card only.
    event = models.OneToOneField(
        "core.Event", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["room", "-id"], name="message_by_room"),
            models.Index(fields=["written_at"], name="message_by_time", condition=Q(kind="text")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="text", author__isnull=False, event=None)
                | Q(kind="card", event__isnull=False),
                name="message_is_text_or_card",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the words for the search with those for the reader."""
        self.folded = fold(self.body)
        super().save(*args, **kwargs)


class Draft(models.Model):
    """Words that somebody has begun to write in a room, kept for them alone until they are sent."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="draft")
    body = models.TextField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.membership_id}"


class Attachment(models.Model):
    """A file that came with a message; its bytes are a row of their own, so lists stay light."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    # Found by looking at the bytes, never taken from the sender's word.
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.code

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it; anything else is for downloading."""
        return self.media_type.startswith("image/")


class AttachmentContent(models.Model):
    """The bytes of a file."""

    attachment = models.OneToOneField(
        Attachment, on_delete=models.CASCADE, primary_key=True, related_name="content"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"content of {self.attachment_id}"


class Invitation(models.Model):
    """An owner's invitation of their partner into a couples room; only its secret's hash is kept.

    Bound to ``address``: nobody who signs in with another one can answer it. Open until it is
    accepted, revoked or expired; the database allows a room one that is not closed.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(closed_at=None), name="invitation_open_once"
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(closed_at__isnull=False),
                name="invitation_accepted_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(address=Lower("address")), name="invitation_address_lower"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")), name="invitation_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return self.code
