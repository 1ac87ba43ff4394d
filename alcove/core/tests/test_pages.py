"""Every form page: performs once, keeps what was typed, says what to mend."""

import copy
from typing import Any, ClassVar

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from alcove.core.errors import DomainError, NotFound
from alcove.core.models import Event, IdempotencyKey
from alcove.core.pages import ActionPage
from tests.cast import make_person

TEMPLATE = "{{ form.as_p }}|{{ error.code }}|{{ idempotency_key }}|{{ extra }}"


class Full(DomainError):
    code = "full"
    message = "%(what)s is full."


class WordsForm(forms.Form):
    words = forms.CharField(max_length=20)


class WordsPage(ActionPage):
    template_name = "page.html"
    form_class = WordsForm
    reads_query: ClassVar[bool] = False

    def load(self, **kwargs: Any) -> None:
        if kwargs["thing"] == "foreign":
            raise NotFound

    def context(self, form: forms.Form) -> dict[str, Any]:
        return {"extra": "from context"}

    def perform(self, form: forms.Form) -> str:
        words = form.cleaned_data["words"]
        Event.objects.create(kind="test.effect", subject=words, actor="x", happened_at=self.now)
        if words == "full":
            raise Full(what="The boat")
        if words == "gone":
            raise NotFound
        return f"/done/{Event.objects.count()}/"


class QueryPage(WordsPage):
    reads_query = True


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("words/<str:thing>/", WordsPage.as_view()),
    path("query/<str:thing>/", QueryPage.as_view()),
    path("crisis/", nothing, name="crisis"),
    path("", nothing, name="home"),
    path("sign-in/", nothing, name="account_login"),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls("alcove.core.tests.test_pages")]


@pytest.fixture
def reader(client: Client, settings: Settings) -> Client:
    """Somebody signed in, on a site with one bare page and one bare 404."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["APP_DIRS"] = False
    templates[0]["OPTIONS"]["context_processors"] = []
    pages = {"page.html": TEMPLATE, "404.html": "not here"}
    templates[0]["OPTIONS"]["loaders"] = [("django.template.loaders.locmem.Loader", pages)]
    settings.TEMPLATES = templates
    client.force_login(make_person("Cora Client"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def post(reader: Client, words: str, key: str | None = "k1", page: str = "words/mine") -> Any:
    data = {"words": words} | ({} if key is None else {"idempotency_key": key})
    return reader.post(f"/{page}/", data)


def test_page_shows_an_empty_form_with_a_fresh_key_each_time(reader: Client) -> None:
    first, second = reader.get("/words/mine/?words=hello"), reader.get("/words/mine/")

    assert "hello" not in first.content.decode()
    assert "errorlist" not in first.content.decode()
    keys = [page.content.decode().split("|")[2] for page in (first, second)]
    assert [len(key) for key in keys] == [32, 32]
    assert keys[0] != keys[1]
    assert first.content.decode().endswith("|from context")


def test_page_that_reads_its_query_shows_the_choice_of_the_link(reader: Client) -> None:
    assert 'value="hello"' in reader.get("/query/mine/?words=hello").content.decode()


def test_posting_performs_and_leads_on(reader: Client) -> None:
    answer = post(reader, "hello")

    assert (answer.status_code, answer["Location"]) == (302, "/done/1/")
    assert Event.objects.get().subject == "hello"


def test_posting_twice_has_one_effect_and_one_answer(reader: Client) -> None:
    answers = [post(reader, "hello")["Location"] for _ in range(3)]

    assert answers == ["/done/1/"] * 3


def test_same_key_on_another_page_is_another_request(reader: Client) -> None:
    answers = [post(reader, "hello", page=page)["Location"] for page in ("words/a", "words/b")]

    assert answers == ["/done/1/", "/done/2/"]


def test_posting_without_a_key_works(reader: Client) -> None:
    answers = [post(reader, "hello", key)["Location"] for key in (None, "")]

    assert answers == ["/done/1/", "/done/2/"]
    assert not IdempotencyKey.objects.exists()


def test_wrong_input_is_shown_again_as_typed_and_changes_nothing(reader: Client) -> None:
    answer = post(reader, "<b>much longer than twenty</b>")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="&lt;b&gt;much longer than twenty&lt;/b&gt;"' in page
    assert "at most 20 characters" in page
    assert (Event.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


def test_refusal_is_shown_with_its_status_and_what_was_typed(reader: Client) -> None:
    answer = post(reader, "full")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The boat is full." in page
    assert 'value="full"' in page
    assert page.split("|")[1] == "full"
    assert (Event.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


def test_mended_input_goes_through_under_the_same_key(reader: Client) -> None:
    post(reader, "full")

    assert post(reader, "hello")["Location"] == "/done/1/"


@pytest.mark.parametrize(("page", "words"), [("words/foreign", "hello"), ("words/mine", "gone")])
def test_what_is_not_found_answers_404_and_changes_nothing(
    reader: Client, page: str, words: str
) -> None:
    answer = post(reader, words, page=page)

    assert (answer.status_code, answer.content.decode()) == (404, "not here")
    assert not Event.objects.exists()


def test_stranger_to_the_site_is_sent_to_sign_in_and_learns_nothing(client: Client) -> None:
    for thing in ("mine", "foreign"):
        answer = client.post(f"/words/{thing}/", {"words": "hello"})

        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/")
    assert not Event.objects.exists()
