"""The practice's answer to what somebody asked."""

from django.utils.translation import gettext as _

from alcove.notifications.letters.letter import Letter, absolute


def answered(code: str) -> Letter:
    """To somebody who can sign in: what was answered stays in the product."""
    return Letter(
        subject=_("About your question"),
        title=_("Your question was answered"),
        lines=[_("You can read the answer after signing in.")],
        button=_("Read the answer"),
        url=absolute("ask:one", code),
    )


def answered_in_full(answer: str) -> Letter:
    """To somebody whose address is all that is known: the letter is the answer."""
    return Letter(
        subject=_("About your question"),
        title=_("Your question was answered"),
        lines=answer.splitlines(),
        button=_("Ask another question"),
        url=absolute("ask:form"),
    )
