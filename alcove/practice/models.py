"""What the practice's pages keep for a while."""

from django.db import models

from alcove.people.models import Person


class PracticeUpload(models.Model):
    """A practice file that an admin has uploaded and looks at before it is taken over.

    One for each admin; gone once it is taken over, and after a day in any case.
    """

    admin = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"upload of {self.admin_id}"
