"""Credits and money of a year, and all their entries as a table for spreadsheets."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from alcove.billing.models import CreditEntry, Purchase
from alcove.billing.periods import midnight
from alcove.billing.queries import troubles
from alcove.billing.sums import CHANGES, months_of_credits, months_of_money
from alcove.core.formats import format_money
from alcove.core.money import to_amount
from alcove.core.spreadsheet import to_csv
from alcove.people.actions.record_look import record_look
from alcove.people.models import Practice
from alcove.practice.views.page import AdminPage

FIRST_YEAR, LAST_YEAR = 2000, 2200


class Money(AdminPage):
    """Month by month: credits that came and went, and money."""

    template_name = "practice/money.html"
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]  # type: ignore[misc]  # as Django reads it

    def load(self, **kwargs: Any) -> None:
        """The year that is asked for, or this one."""
        super().load(**kwargs)
        self.zone = Practice.load().zone
        this = self.now.astimezone(self.zone).year
        typed = self.request.GET.get("year", "")
        year = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else this
        self.year = year if FIRST_YEAR <= year <= LAST_YEAR else this

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Both tables, without the months to come and those before the first credit."""
        today = self.now.astimezone(self.zone).date()
        months = [
            {
                "month": one,
                "cells": list(zip([kind.label for kind in CHANGES], one.cells, strict=True)),
            }
            for one in months_of_credits(self.year, self.zone)
            if one.first <= today and (one.opening or one.by_kind)
        ]
        return {
            "year": self.year,
            "kinds": [kind.label for kind in CHANGES],
            "months": months,
            "money": [
                {
                    "first": one.first,
                    "paid": format_money(one.paid, one.currency),
                    "refunded": format_money(one.refunded, one.currency),
                    "kept": format_money(one.kept, one.currency),
                }
                for one in months_of_money(self.year, self.zone)
            ],
            "troubles": [
                {
                    "one": one,
                    "amount": format_money(one.amount_minor, one.currency),
                    "asked": format_money(one.purchase.amount_minor, one.purchase.currency),
                }
                for one in troubles(self.now)
            ],
            "next_year": self.year + 1 if self.year < today.year else None,
        }


class _Export(Money):
    """A file of one year."""

    file_name: ClassVar[str]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file; that somebody took it is on record."""
        record_look(actor=self.admin, subject=f"export:{self.file_name}", now=self.now)
        begins = midnight(dt.date(self.year, 1, 1), self.zone)
        ends = midnight(dt.date(self.year + 1, 1, 1), self.zone)
        answer = HttpResponse(self.table(begins, ends), content_type="text/csv; charset=utf-8")
        name = f"{self.file_name}-{self.year}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def table(self, begins: dt.datetime, ends: dt.datetime) -> str:
        """Its content."""
        raise NotImplementedError


class ExportCredits(_Export):
    """Every entry of the ledger."""

    file_name = "credits"

    def table(self, begins: dt.datetime, ends: dt.datetime) -> str:
        """A line for each entry."""
        rows = CreditEntry.objects.filter(written_at__gte=begins, written_at__lt=ends)
        return to_csv(
            [_("Instant (UTC)"), _("Room"), _("Kind"), _("Available"), _("Held"), _("Cause")],
            (
                (at.isoformat(), room, kind, available, held, cause)
                for at, room, kind, available, held, cause in rows.order_by("pk").values_list(
                    "written_at", "room__code", "kind", "available", "held", "cause"
                )
            ),
        )


class ExportPayments(_Export):
    """Every payment, with what was given back of it."""

    file_name = "payments"

    def table(self, begins: dt.datetime, ends: dt.datetime) -> str:
        """A line for each payment."""
        rows = Purchase.objects.filter(paid_at__gte=begins, paid_at__lt=ends)
        found = rows.select_related("room", "buyer", "refund", "recorded_by").order_by(
            "paid_at", "pk"
        )
        return to_csv(
            [
                _("Instant (UTC)"),
                _("Receipt number"),
                _("Paid by"),
                _("Room"),
                _("For"),
                _("Count"),
                _("Amount"),
                _("Currency"),
                _("How"),
                _("Given back"),
                _("Given back at (UTC)"),
                _("Recorded by"),
                _("Note"),
            ],
            (self._line(row) for row in found),
        )

    @staticmethod
    def _line(row: Purchase) -> list[object]:
        refund = getattr(row, "refund", None)
        # What is on its way yet, or was refused, is not given back: the sums say the same.
        back = refund if refund is not None and refund.done_at is not None else None
        return [
            row.paid_at.isoformat() if row.paid_at else "",
            row.code,
            row.buyer.name,
            row.room.code,
            row.item,
            row.count,
            to_amount(row.amount_minor, row.currency),
            row.currency,
            row.way,
            to_amount(back.amount_minor, row.currency) if back else "",
            back.done_at.isoformat() if back else "",
            row.recorded_by.name if row.recorded_by else "",
            row.note,
        ]
