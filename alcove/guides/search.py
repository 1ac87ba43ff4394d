"""Finding guides by words: without case and accents, by the stems of words, the best first."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from alcove.core.folding import fold
from alcove.guides.guide import Guide
from alcove.guides.library import guides
from alcove.guides.rendering import Section, page_of

MOST_WORDS = 10
MOST_FOUND = 12
# What a word counts by where it stands.
IN_TITLE, IN_TOPICS, IN_SUMMARY, IN_HEADING, IN_TEXT = 8.0, 6.0, 4.0, 4.0, 1.0
# A word that only begins like the one looked for, and a guide that is not the reader's.
BEGINS_ALIKE, FOR_OTHERS = 0.5, 0.4
AROUND = 90

_WORD = re.compile(r"\w+")

# Endings, the longest first; what is left keeps at least three letters.
ENDINGS = {
    "en": ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "er", "es", "ly", "s", "e"),
    "es": (
        "aciones", "acion", "adores", "ador", "andome", "ando", "iendo", "arlos", "arlas", "arlo",
        "arla", "arme", "arse", "ados", "adas", "idos", "idas", "ado", "ada", "ido", "ida", "ar",
        "er", "ir", "os", "as", "es", "o", "a", "e", "s",
    ),
}  # fmt: skip
# Words that every guide has; they count only where nothing else was asked.
_COMMON_ENGLISH = (
    "a an and are as at be by can cannot do does for from get how i in is it me my not of on or "
    "that the there this to was what when where who why will with you your"
)
_COMMON_SPANISH = (
    "a al como con cuando de del donde el ella en es esta este hay la las le lo los me mi mis no "
    "o para por porque puedo que quien se ser si sin su sus tu tus un una y yo"
)
COMMON = {
    "en": frozenset(_COMMON_ENGLISH.split()),
    "es": frozenset(_COMMON_SPANISH.split()),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of an excerpt, and whether they were looked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One guide that was found, the place in it that fits best, and what it says there."""

    guide: Guide
    anchor: str
    heading: str
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """One section with what its words weigh: stem → weight; a guide's own words are its first's."""

    guide: Guide
    section: Section
    weights: dict[str, float]
    # By the section's own words alone: where in the guide a reader is led.
    own: dict[str, float]


def stem(word: str, language: str) -> str:
    """A folded word without its ending: ``cancelling``, ``cancelled`` and ``cancels`` are one."""
    for ending in ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    # "cancelled" and "cancel", "stopping" and "stop".
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def stems(text: str, language: str) -> list[str]:
    """The stems of all words of a text, in their order."""
    return [stem(word, language) for word in _WORD.findall(fold(text))]


def search(words: str, language: str, readers: Iterable[str]) -> list[Found]:
    """The guides that have these words, the best first: what has all of them before the rest.

    A guide that lacks more than one of the words that others have is left out.
    """
    asked = _asked(words, language)
    if not asked:
        return []
    places, rarity = _index(language)
    found: dict[str, list[tuple[float, frozenset[str], _Place]]] = {}
    for place in places:
        score, hit = _score(place.weights, asked, rarity)
        if hit:
            found.setdefault(place.guide.slug, []).append((score, hit, place))
    most = max((len(_hits(scored)) for scored in found.values()), default=0)
    ranked = sorted(
        (scored for scored in found.values() if len(_hits(scored)) >= max(most - 1, 1)),
        key=_worth(frozenset(readers)),
        reverse=True,
    )
    return [
        _shown(_best_place(scored, asked, rarity), asked, language)
        for scored in ranked[:MOST_FOUND]
    ]


def _asked(words: str, language: str) -> list[str]:
    every = dict.fromkeys(_WORD.findall(fold(words)))
    telling = [word for word in every if word not in COMMON.get(language, frozenset())]
    return [stem(word, language) for word in (telling or every)][:MOST_WORDS]


Scored = tuple[float, frozenset[str], _Place]


def _best_place(scored: list[Scored], asked: list[str], rarity: dict[str, float]) -> _Place:
    """The section whose own words fit best; the guide's beginning where none has any."""

    def fit(place: _Place) -> tuple[int, float]:
        score, hit = _score(place.own, asked, rarity)
        return len(hit), score

    return max((place for _, _, place in scored), key=fit)


def _hits(scored: list[Scored]) -> frozenset[str]:
    return frozenset[str]().union(*(hit for _, hit, _ in scored))


def _worth(readers: frozenset[str]) -> Callable[[list[Scored]], float]:
    def worth(scored: list[Scored]) -> float:
        guide = scored[0][2].guide
        # The best place, and a little of all others: a guide about it beats one that names it once.
        scores = sorted((score for score, _, _ in scored), reverse=True)
        total = (scores[0] + 0.2 * sum(scores[1:])) * len(_hits(scored)) ** 2
        return total * (FOR_OTHERS if readers.isdisjoint(guide.audience) else 1)

    return worth


def _score(
    weights: dict[str, float], asked: list[str], rarity: dict[str, float]
) -> tuple[float, frozenset[str]]:
    score, hit = 0.0, set()
    for term in asked:
        weight = weights.get(term, 0) * rarity.get(term, 0)
        if not weight and len(term) >= 3:
            weight = BEGINS_ALIKE * max(
                (found * rarity[word] for word, found in weights.items() if word.startswith(term)),
                default=0,
            )
        if weight:
            score += weight
            hit.add(term)
    return score, frozenset(hit)


@cache
def _index(language: str) -> tuple[list[_Place], dict[str, float]]:
    """Every section of every guide, and how telling each stem is: few guides have it, or all."""
    places = [
        _place(guide, section, language, is_first=number == 0)
        for guide in guides(language).values()
        for number, section in enumerate(page_of(guide.slug, guide.language).sections)
    ]
    having: dict[str, set[str]] = {}
    for place in places:
        for word in place.weights:
            having.setdefault(word, set()).add(place.guide.slug)
    count = len(guides(language))
    return places, {word: math.log(1 + count / len(them)) for word, them in having.items()}


def _place(guide: Guide, section: Section, language: str, *, is_first: bool) -> _Place:
    own = [(section.heading, IN_HEADING), (section.words, IN_TEXT)]
    of_guide = [
        (guide.title, IN_TITLE),
        (" ".join(guide.topics), IN_TOPICS),
        (guide.summary, IN_SUMMARY),
    ]
    every = own + of_guide if is_first else own
    return _Place(guide, section, _weights(every, language), _weights(own, language))


def _weights(told: list[tuple[str, float]], language: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text, weight in told:
        for word in stems(text, language):
            # Said often counts a little more, not as often more.
            weights[word] = max(weights.get(word, 0) * 1.1, weight)
    return weights


def _shown(place: _Place, asked: list[str], language: str) -> Found:
    text = place.section.words or place.guide.summary
    return Found(
        place.guide,
        place.section.anchor,
        place.section.heading,
        tuple(excerpt(text, asked, language)),
    )


def excerpt(text: str, asked: list[str], language: str) -> list[Piece]:
    """The part of a text around the first hit, in pieces that are hits or are not."""
    words = list(_WORD.finditer(text))
    hits = [word for word in words if _is_hit(word.group(), asked, language)]
    start = _edge(text, hits[0].start() - AROUND) if hits else 0
    end = _edge(text, start + 3 * AROUND)
    pieces, at = [Piece("… ", False)] if start else [], start
    for hit in hits:
        if hit.end() <= end:
            pieces += [Piece(text[at : hit.start()], False), Piece(hit.group(), True)]
            at = hit.end()
    pieces.append(Piece(text[at:end] + (" …" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece.text]


def _edge(text: str, near: int) -> int:
    """The beginning of the word that stands near a place in the text, or one of its ends."""
    if near <= 0:
        return 0
    return text.rfind(" ", 0, near) + 1 if near < len(text) else len(text)


def _is_hit(word: str, asked: list[str], language: str) -> bool:
    stemmed = stem(fold(word), language)
    return any(stemmed == term or (len(term) >= 3 and stemmed.startswith(term)) for term in asked)
