"""The pictures in guides: each is there in each language, says what it shows, and all are light."""

import re

import pytest

from alcove.guides.guide import LEAD
from alcove.guides.library import LANGUAGES, guides
from alcove.guides.rendering import PICTURES, page_of
from tests.guide_pictures import MOST_BYTES, size_of

SHOWN = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<name>[^)]+)\)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_there_and_every_file_is_shown(language: str) -> None:
    shown = [
        found["name"] for guide in guides(language).values() for found in SHOWN.finditer(guide.text)
    ]

    files = [file.stem for file in (PICTURES / language).glob("*.webp")]
    assert sorted(set(shown)) == sorted(files)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_says_what_it_shows(language: str) -> None:
    words = [
        found["words"]
        for guide in guides(language).values()
        for found in SHOWN.finditer(guide.text)
    ]

    assert min(map(len, words)) > 20
    assert len(set(words)) == len(words)


def test_pictures_have_a_size_before_they_come() -> None:
    images = re.findall(r"<img[^>]+>", page_of("book-a-session", LEAD).html)

    assert images
    assert all(re.search(r'width="\d+" height="\d+"', image) for image in images)
    assert all('loading="lazy"' in image for image in images)


def test_all_pictures_together_are_light() -> None:
    assert size_of() < MOST_BYTES
