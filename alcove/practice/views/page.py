"""What all pages of the practice share: they are there for admins and for nobody else."""

from typing import Any, cast

from alcove.core.pages import ActionPage
from alcove.people.access import require_admin
from alcove.people.models import Person


class AdminPage(ActionPage):
    """A page of the practice; to everybody but admins it does not exist."""

    def load(self, **kwargs: Any) -> None:
        """The admin who reads it; raises NotFound for others."""
        self.admin = cast(Person, self.request.user)
        require_admin(self.admin)
