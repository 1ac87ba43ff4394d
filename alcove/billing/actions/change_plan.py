"""Making plans and changing them: what somebody has stays theirs until their next period (R13)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from alcove.billing.actions.reprice import reprice_subscriptions
from alcove.billing.errors import PlanChangedMeanwhile, PlanCodeTaken, PlanIsFixed
from alcove.billing.models import Entitlement, Plan, Purchase
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person

# Whoever has a plan counts its periods and pays in its currency: another one is another plan.
FIXED = ("period_months", "currency")


@transaction.atomic
def make_plan(*, actor: Person, code: str, terms: dict[str, Any], now: dt.datetime) -> Plan:
    """Add a plan as an admin; ``terms`` are its fields. Raises NotFound or PlanCodeTaken."""
    require_admin(actor)
    if Plan.objects.filter(code=code).exists():
        raise PlanCodeTaken
    plan = Plan.objects.create(code=code, **terms)
    record_act(actor=actor, act="plan.made", subject=f"plan:{code}", now=now)
    return plan


@transaction.atomic
def change_plan(
    *, actor: Person, code: str, version: int, terms: dict[str, Any], now: dt.datetime
) -> Plan:
    """Give a plan other terms, for new rooms now and for its rooms from their next period.

    ``version`` is the one that the admin has read. Raises NotFound, PlanIsFixed where the period
    or currency of a plan in use would change, and PlanChangedMeanwhile.
    """
    require_admin(actor)
    plan = Plan.objects.filter(code=code, version=version, replaced_by=None).first()
    if plan is None:
        raise PlanChangedMeanwhile
    changed = [name for name, value in terms.items() if getattr(plan, name) != value]
    if not changed:
        return plan
    plan = next_version(plan, changed, now=now)
    for name in changed:
        setattr(plan, name, terms[name])
    plan.save(update_fields=changed)
    if "price_minor" in changed:
        reprice_subscriptions(plan, actor=actor, now=now)
    record_act(
        actor=actor,
        act="plan.changed",
        subject=f"plan:{code}",
        now=now,
        data={"version": plan.version, "changed": ", ".join(changed)},
    )
    return plan


@transaction.atomic
def set_on_sale(*, actor: Person, code: str, is_on_sale: bool, now: dt.datetime) -> Plan:
    """Offer a plan to clients, or stop it; rooms that have it keep it. Raises NotFound."""
    require_admin(actor)
    plan = present(code)
    if plan is None:
        raise PlanChangedMeanwhile
    if plan.is_on_sale != is_on_sale:
        plan.is_on_sale = is_on_sale
        plan.save(update_fields=["is_on_sale"])
        record_act(
            actor=actor,
            act="plan.offered" if is_on_sale else "plan.stopped",
            subject=f"plan:{code}",
            now=now,
        )
    return plan


def present(code: str) -> Plan | None:
    """The version of a plan that new rooms get; None when there is no such plan."""
    return Plan.objects.filter(code=code, replaced_by=None).first()


def next_version(plan: Plan, changed: list[str], *, now: dt.datetime) -> Plan:
    """The row to which changes of ``changed`` may be written.

    The plan's own while nobody has it; else a copy that replaces it. Raises PlanIsFixed and
    PlanChangedMeanwhile.
    """
    if not is_had(plan):
        return plan
    if set(changed) & set(FIXED):
        raise PlanIsFixed
    last = Plan.objects.filter(code=plan.code).aggregate(last=Max("version"))["last"]
    copy = Plan.objects.get(pk=plan.pk)
    copy.pk, copy.version = None, last + 1
    copy.save(force_insert=True)
    replaced = Plan.objects.filter(pk=plan.pk, replaced_by=None)
    if not replaced.update(replaced_by=copy, replaced_at=now):
        raise PlanChangedMeanwhile
    return copy


def is_had(plan: Plan) -> bool:
    """Whether a room has this version, or somebody has bought it."""
    return (
        Entitlement.objects.filter(plan=plan).exists()
        or Purchase.objects.filter(plan=plan).exists()
    )
