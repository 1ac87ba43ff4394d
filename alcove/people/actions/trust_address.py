"""An address that the practice vouches for, so that sign-in by mailed code works at once."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress

from alcove.people.models import Person


def trust_addresses(*, people: Iterable[Person]) -> int:
    """Make each person's address their verified primary one; return how many were not."""
    by_pk = {person.pk: person for person in people}
    trusted = EmailAddress.objects.filter(
        user_id__in=list(by_pk), verified=True, primary=True
    ).values_list("user_id", "email")
    for pk, address in trusted:
        if pk in by_pk and by_pk[pk].email == address:
            del by_pk[pk]
    # One primary address each: what was there before gives way to the practice's.
    EmailAddress.objects.filter(user_id__in=list(by_pk)).delete()
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in by_pk.values()
    )
    return len(by_pk)
