"""The health page: plain words on what is wrong and what to do."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.pages import ActionPage
from alcove.core.panels import panels_of
from alcove.people.access import require_staff
from alcove.people.models import Person
from alcove.support.actions.retry_job import retry_job
from alcove.support.health import calendars_part, database_part, disk_part, jobs_part

HEALTH = "support.health"


class RetryForm(forms.Form):
    """Which job to try again."""

    job = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class Health(ActionPage):
    """Jobs, database, disk, calendars, and what others add. It shows nobody's data."""

    template_name = "support/health.html"
    form_class = RetryForm

    def load(self, **kwargs: Any) -> None:
        """Staff only."""
        self.staff = cast(Person, self.request.user)
        require_staff(self.staff)

    def perform(self, form: forms.Form) -> str:
        """Try a job again that was given up."""
        retry_job(actor=self.staff, job=form.cleaned_data["job"], now=self.now)
        messages.success(self.request, _("The job is tried again."))
        return reverse("desk:health")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Every part as it is now."""
        parts = [jobs_part(self.now), database_part(), disk_part(), calendars_part()]
        return {"parts": parts, "panels": panels_of(HEALTH, None, self.now)}
