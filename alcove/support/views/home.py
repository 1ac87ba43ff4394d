"""The desk's home: one field that finds, and what waits."""

from typing import Any

from alcove.core.panels import panels_of
from alcove.support.search import LONGEST_WORDS, find
from alcove.support.views.pages import LookPage

DESK = "support.desk"


class Home(LookPage):
    """Find a person, a room or a session; see what waits for somebody of staff."""

    template_name = "support/home.html"

    def find(self, **kwargs: Any) -> None:
        """What was asked for."""
        # No name holds a null, and PostgreSQL takes none.
        self.words = self.request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS]

    def subject(self) -> str:
        """A search shows people; the bare desk shows numbers only."""
        return "search" if self.words else ""

    def context(self) -> dict[str, Any]:
        """What was found, or what waits."""
        if self.words:
            return {"words": self.words, "found": find(self.words)}
        return {"words": "", "waiting": panels_of(DESK, None, self.now)}
