"""The audit log, for admins: who looked at what and did what, and whether it is as it was written."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse

from alcove.booking.access import appointments_of
from alcove.core.audit import LOOK, broken_end, broken_links
from alcove.core.clock import instant
from alcove.core.models import AuditHead, AuditRow
from alcove.core.templatetags.times import reader_zone
from alcove.core.zones import local_date_bounds
from alcove.people.access import require_admin
from alcove.people.models import Person
from alcove.rooms.access import rooms_of
from alcove.support.forms import AuditFilterForm
from alcove.support.views.pages import LookPage
from alcove.support.wording import about_words, act_words, link_of, who_words

PER_PAGE = 50
# As many as a page can wait for; `alcove check` reads the whole log.
MOST_VERIFIED = 5_000


class Audit(LookPage):
    """Looks and acts, the latest first; by person, date and act where wished."""

    template_name = "support/audit.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Admins only."""
        require_admin(cast(Person, request.user))
        return super().get(request, **kwargs)

    def subject(self) -> str:
        """Looking at the log is a look, too."""
        return "audit"

    def context(self) -> dict[str, Any]:
        """A page of rows in words, the filter, and the verdict on the chain."""
        acts = AuditRow.objects.order_by("act").values_list("act", flat=True).distinct()
        form = AuditFilterForm(
            self.request.GET or None, acts=[(one, act_words(one)) for one in acts]
        )
        rows = AuditRow.objects.order_by("-sequence")
        if form.is_bound and form.is_valid():
            rows = filtered(rows, form.cleaned_data)
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        query = self.request.GET.copy()
        query.pop("page", None)
        return {
            "form": form,
            "page": page,
            "rows": in_words(list(page.object_list)),
            "query": f"{query.urlencode()}&" if query else "",
            "chain": chain_words(),
        }


def filtered(rows: QuerySet[AuditRow], wanted: dict[str, Any]) -> QuerySet[AuditRow]:
    """The rows that somebody made or that are about them, between two dates, of one act."""
    person: Person | None = wanted.get("person")
    if person is not None:
        rows = rows.filter(Q(actor=person.key) | about(person))
    zone = reader_zone()
    if wanted.get("since"):
        rows = rows.filter(happened_at__gte=instant(local_date_bounds(zone, wanted["since"])[0]))
    if wanted.get("until"):
        rows = rows.filter(happened_at__lt=instant(local_date_bounds(zone, wanted["until"])[1]))
    if wanted.get("act"):
        rows = rows.filter(act=wanted["act"])
    return rows


def about(person: Person) -> Q:
    """Rows about somebody: themself, their rooms, their sessions."""
    sessions = appointments_of(person).order_by().values(key=Concat(Value("appointment:"), "code"))
    rooms = rooms_of(person).order_by().values(key=Concat(Value("room:"), "code"))
    return Q(subject=person.key) | Q(subject__in=sessions) | Q(subject__in=rooms)


def in_words(rows: list[AuditRow]) -> list[dict[str, Any]]:
    """The rows with people named; one statement for all of them."""
    keys = {key for row in rows for key in (row.actor, row.subject) if key.startswith("person:")}
    pks = [int(key.removeprefix("person:")) for key in keys]
    names = {one.key: one.name or one.email for one in Person.objects.filter(pk__in=pks)}
    return [
        {
            "row": row,
            "who": names.get(row.actor) or who_words(row.actor),
            "act": act_words(row.act),
            "is_look": row.act == LOOK,
            "subject": names.get(row.subject) or about_words(row.subject),
            "url": link_of(row.subject),
            "was_waived": row.data.get("due", "free") != row.data.get("cost", "free"),
        }
        for row in rows
    ]


def chain_words() -> dict[str, Any]:
    """Whether the log's latest rows are as they were written, and its last hash."""
    head = AuditHead.objects.first()
    end = head.sequence if head else 0
    start = max(end - MOST_VERIFIED, 0)
    before = AuditRow.objects.filter(sequence=start).first() if start else None
    rows = AuditRow.objects.filter(sequence__gt=start).order_by("sequence")
    wrong = [*broken_links(rows.iterator(chunk_size=2000), after=before), *broken_end()]
    return {
        "wrong": wrong[:5],
        "count": end,
        "is_whole": start == 0,
        "verified": end - start,
        "hash": head.hash if head else "",
    }
