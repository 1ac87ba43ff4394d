"""What people ask the practice, and its answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alcove.core.codes import new_code
from alcove.people.models import Person


class SupportRequest(models.Model):
    """One question to the practice: open until it is answered, or closed without an answer.

    ``asked_by`` is empty where nobody was signed in; the answer goes to ``address`` then.
    ``page`` is where it was asked from, without what could open a door; ``about`` the opaque key of
    the session or room there, where it is the asker's own.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    asked_by = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, related_name="support_requests"
    )
    address = models.EmailField()
    words = models.TextField()
    page = models.CharField(max_length=200, default="", blank=True)
    about = models.CharField(max_length=80, default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    answer = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="support_request_by_state"),
            models.Index(fields=["asked_by", "-id"], name="support_request_by_asker"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answer="", settled_at=None)
                | (Q(state="answered", settled_at__isnull=False) & ~Q(answer=""))
                | Q(state="closed", settled_at__isnull=False),
                name="support_request_state_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> str:
        """The opaque key by which events and the audit log name this request."""
        return f"support:{self.code}"

    @property
    def version(self) -> str:
        """What a page of it has shown: another one where somebody has answered or closed it since."""
        return f"{self.state}.{self.further_answers.count()}"


class FurtherAnswer(models.Model):
    """What staff wrote after their first answer, which stands in the request itself."""

    request = models.ForeignKey(
        SupportRequest, on_delete=models.CASCADE, related_name="further_answers"
    )
    words = models.TextField()
    answered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="further_answer_has_words"),
        ]

    def __str__(self) -> str:
        return f"further answer to {self.request_id}"
