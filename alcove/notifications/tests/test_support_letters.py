"""The letter about an answer: nothing of it for people who can sign in, all of it for others."""

from alcove.core import jobs
from alcove.notifications.models import Delivery
from alcove.support.actions.ask_support import ask_support
from alcove.support.actions.settle_request import answer_request
from tests.cast import NOW, Cast

ANSWER = "Open your settings, then choose the other camera."


def test_who_can_sign_in_reads_the_answer_there(cast: Cast) -> None:
    code = ask_support(actor=cast.client, address="", words="Why?", page="", now=NOW).code
    answer_request(actor=cast.staff, code=code, answer=ANSWER, now=NOW)
    jobs.run_due(NOW)

    letter = Delivery.objects.get(channel="email")
    assert (letter.person, letter.subject) == (cast.client, "About your question")
    assert f"/support/{code}/" in letter.text
    assert ANSWER not in letter.text + letter.html
    assert "Sam" not in letter.text


def test_who_was_not_signed_in_gets_it_by_mail(cast: Cast) -> None:
    asked = ask_support(actor=None, address="who@example.org", words="Why?", page="", now=NOW)
    answer_request(actor=cast.staff, code=asked.code, answer=ANSWER, now=NOW)
    jobs.run_due(NOW)

    letter = Delivery.objects.get()
    assert (letter.person, letter.address) == (None, "who@example.org")
    assert ANSWER in letter.text
    assert letter.subject == "About your question"


def test_each_answer_has_its_own_letter_with_its_own_words(cast: Cast) -> None:
    asked = ask_support(actor=None, address="who@example.org", words="Why?", page="", now=NOW)
    for words, version in (("First words", "open.0"), ("Second words", "answered.0")):
        answer_request(actor=cast.staff, code=asked.code, answer=words, version=version, now=NOW)
    jobs.run_due(NOW)

    first, second = Delivery.objects.order_by("pk")
    assert ("First words" in first.text, "Second words" in first.text) == (True, False)
    assert ("First words" in second.text, "Second words" in second.text) == (False, True)
