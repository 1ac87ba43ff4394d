"""Reads about what people are told."""

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from alcove.notifications.models import Notice
from alcove.people.models import Person, Practice


def notices_of(person: Person) -> QuerySet[Notice]:
    """What the person was told in the product, the latest first."""
    return Notice.objects.filter(person=person).order_by("-id")


def practice_with_unseen(person: Person) -> tuple[Practice, int]:
    """The practice, and how many notices the person has not seen; one statement.

    Every page asks for both, so they share it.
    """
    unseen = (
        Notice.objects.filter(person=person, seen_at=None)
        .order_by()
        .values("person")
        .annotate(number=Count("pk"))
        .values("number")
    )
    number = Coalesce(Subquery(unseen, output_field=IntegerField()), Value(0))
    practice = Practice.objects.annotate(unseen=number).filter(pk=Practice.ONLY).first()
    if practice is None:
        # Nothing was set up yet.
        return Practice(), Notice.objects.filter(person=person, seen_at=None).count()
    return practice, practice.unseen
