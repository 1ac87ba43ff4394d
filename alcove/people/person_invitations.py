"""The practice's invitations of people: how long their links are good, who posts the letter."""

import datetime as dt
from collections.abc import Callable

from alcove.core.models import Event
from alcove.people.models import PersonInvitation

GOOD_FOR = dt.timedelta(days=7)

# The link is in no table of ours, so the letter is written where it is made.
Post = Callable[[PersonInvitation, str, Event], None]
_posts: list[Post] = []


def posts_person_invitations(post: Post) -> Post:
    """Register what sends the letter with the link, in the transaction that makes the link.

    The decorated function gets the invitation, the secret of its link, and the event.
    """
    if post not in _posts:
        _posts.append(post)
    return post


def post_person_invitation(invitation: PersonInvitation, token: str, event: Event) -> None:
    """Have the letter sent."""
    for post in _posts:
        post(invitation, token, event)
