"""Every guide as it is written: its head, its links, its anchors, and its twin in the other language."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.urls import get_resolver

from alcove.core.errors import DomainError
from alcove.guides.errors import GuideProblem
from alcove.guides.guide import LEAD, Guide, read_guide
from alcove.guides.library import LANGUAGES, for_page, for_refusal, guides
from alcove.guides.rendering import html_of, page_of, tokens_of
from tests.test_every_route import EXPECTED, SIGN_IN, names

EVERY = [guide for language in LANGUAGES for guide in guides(language).values()]
TRANSLATED = [guide for guide in EVERY if guide.language != LEAD]


def name(guide: Guide) -> str:
    return f"{guide.language}/{guide.slug}"


def known_codes() -> set[str]:
    """The codes of all errors that the product knows; the test's own imports load every app."""
    found, waiting = set(), [DomainError]
    while waiting:
        error = waiting.pop()
        found.add(error.code)
        waiting += error.__subclasses__()
    return found


@pytest.mark.parametrize("guide", EVERY, ids=name)
def test_guide_has_words_and_its_parts(guide: Guide) -> None:
    page = page_of(guide.slug, guide.language)

    assert guide.title
    assert guide.summary.endswith((".", "?"))
    assert len(page.sections) > 2
    anchors = Counter(section.anchor for section in page.sections)
    assert max(anchors.values()) == 1, anchors


@pytest.mark.parametrize("guide", EVERY, ids=name)
def test_links_between_guides_lead_to_places_that_exist(guide: Guide) -> None:
    dead = [
        (written, anchor)
        for written, anchor in re.findall(r"\]\(([a-z0-9-]*)#([a-z0-9-]+)\)", guide.text)
        if anchor
        not in {one.anchor for one in page_of(written or guide.slug, guide.language).sections}
    ]

    assert dead == []


@pytest.mark.parametrize("guide", EVERY, ids=name)
def test_refusals_lead_to_places_that_exist(guide: Guide) -> None:
    anchors = {section.anchor for section in page_of(guide.slug, guide.language).sections}

    assert set(guide.refusals.values()) - anchors == set()


@pytest.mark.parametrize("guide", TRANSLATED, ids=name)
def test_translation_has_the_shape_of_its_lead(guide: Guide) -> None:
    def shape(one: Guide) -> list[tuple[str, object]]:
        return [
            (token.type, token.attrGet("id"))
            for token in tokens_of(one)
            if token.type in {"heading_open", "list_item_open", "paragraph_open", "tr_open"}
        ]

    assert shape(guide) == shape(guides(LEAD)[guide.slug])


@pytest.mark.parametrize("guide", TRANSLATED, ids=name)
def test_translation_leads_where_its_lead_does(guide: Guide) -> None:
    def targets(one: Guide) -> list[str]:
        return sorted(re.findall(r"\]\(([^)]+)\)", one.text))

    assert targets(guide) == targets(guides(LEAD)[guide.slug])


def test_guides_name_pages_and_errors_that_exist() -> None:
    routes = set(names(get_resolver().url_patterns))
    lead = guides(LEAD).values()

    assert {page for guide in lead for page in guide.pages} - routes == set()
    assert {code for guide in lead for code in guide.refusals} - known_codes() == set()
    assert set(EXPECTED) | SIGN_IN >= {page for guide in lead for page in guide.pages}


class TestFinding:
    def test_readers_get_their_own_guides_to_a_page(self) -> None:
        client = for_page("booking:new_time", ["client", "partner"], "en")

        assert [guide.slug for guide in client] == ["book-a-session", "no-time-fits"]

    def test_page_without_a_guide_of_ones_own_gives_anybodys(self) -> None:
        assert for_page("booking:new", ["admin"], "en") == for_page("booking:new", ["client"], "en")

    def test_refusal_leads_to_its_place(self) -> None:
        found = for_refusal("slot_taken", "booking:review", "es")

        assert found is not None
        assert (found[0].slug, found[0].language, found[1]) == ("book-a-session", "es", "gone")
        assert for_refusal("nothing_of_ours", "booking:review", "es") is None

    def test_refusal_leads_first_to_a_guide_of_its_page(self) -> None:
        moving = for_refusal("already_started", "booking:reschedule", "en")
        cancelling = for_refusal("already_started", "booking:cancel", "en")

        assert moving is not None
        assert cancelling is not None
        assert (moving[0].slug, cancelling[0].slug) == ("reschedule", "cancel")

    def test_other_languages_read_the_lead(self) -> None:
        assert guides("de") == guides(LEAD)


class TestReading:
    HEAD = "title: A\nsummary: B.\ntopics: []\norder: 1\naudience: [client]\npages: []"

    def written(self, tmp_path: Path, text: str) -> Guide:
        file = tmp_path / "en" / "one.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return read_guide(file)

    def test_head_is_read(self, tmp_path: Path) -> None:
        guide = self.written(tmp_path, f"---\n{self.HEAD}\n---\nWords")

        assert (guide.slug, guide.language, guide.audience) == ("one", "en", ("client",))
        assert guide.text == "Words"

    @pytest.mark.parametrize(
        "text",
        [
            "Words",
            "---\ntitle: A\n---\nWords",
            f"---\n{HEAD}\ncolour: red\n---\nWords",
            f"---\n{HEAD.replace('client', 'pilot')}\n---\nWords",
            "---\n- a list\n---\nWords",
            "---\n{\n---\nWords",
        ],
        ids=["no-head", "too-little", "too-much", "unknown-audience", "a-list", "not-yaml"],
    )
    def test_what_is_wrong_is_named_with_its_file(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(GuideProblem, match=r"one\.md"):
            self.written(tmp_path, text)

    @pytest.mark.parametrize(
        "text",
        [
            "[x](https://elsewhere.example)",
            "[x](no-such-guide)",
            "[x](page:no:such)",
            "![x](no-such-picture)",
            "[x](javascript)",
        ],
    )
    def test_links_and_pictures_that_lead_nowhere_are_refused(
        self, tmp_path: Path, text: str
    ) -> None:
        guide = self.written(tmp_path, f"---\n{self.HEAD}\n---\n{text}")

        with pytest.raises(GuideProblem, match=r"one\.md"):
            tokens_of(guide)

    def test_html_stays_text(self, tmp_path: Path) -> None:
        guide = self.written(
            tmp_path, f"---\n{self.HEAD}\n---\n<script>x</script> <b>y</b> [z](javascript:x)"
        )

        html = html_of(guide)

        assert "<script>" not in html
        assert "<b>" not in html
        assert "href" not in html
