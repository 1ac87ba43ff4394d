"""News: what happened that concerns the reader, each leading to its page."""

from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from alcove.core.pages import ActionPage
from alcove.notifications.actions.see_notices import see_notices
from alcove.notifications.queries import notices_of
from alcove.people.models import Person

PER_PAGE = 30


class News(ActionPage):
    """The reader's notices, the latest first; those that were new are marked this once."""

    template_name = "notifications/news.html"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a page; the newest are seen by that, unless a browser only fetches ahead."""
        response = super().get(request, *args, **kwargs)
        newest = self.shown[0] if self.shown else None
        is_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
        if newest is not None and newest.seen_at is None and not is_ahead:
            see_notices(actor=self.person, up_to=newest.pk, now=self.now)
        return response

    def context(self, form: forms.Form) -> dict[str, Any]:
        """One page of notices."""
        self.person = cast(Person, self.request.user)
        page = Paginator(notices_of(self.person), PER_PAGE).get_page(self.request.GET.get("page"))
        self.shown = list(page.object_list)
        return {"page": page, "notices": self.shown}
