"""The practice's own accent colour: what is made of it, and whether it can be read (WCAG 1.4.3).

Colours are texts like "#1d6156". One accent cannot serve both themes: no colour reaches 4.5:1 on
paper that is nearly white and on paper that is nearly black, so a practice names two.
"""

import re
from dataclasses import dataclass

from alcove.people.errors import AccentUnreadable

ENOUGH = 4.5
HEX = re.compile(r"#[0-9a-f]{6}")

# The grounds of static/css/tokens.css, on which the accent stands as text; a test compares them.
LIGHT_GROUNDS = ("#faf6ef", "#fffdf9", "#f1ebe0")
DARK_GROUNDS = ("#1a1815", "#23201c", "#12110f")
WHITE, BLACK = "#ffffff", "#12110f"


@dataclass(frozen=True, slots=True)
class Accent:
    """An accent in one theme with the colours that follow from it, named as in tokens.css."""

    accent: str
    hover: str
    on: str
    soft: str
    ink: str

    def weakest(self, grounds: tuple[str, ...]) -> float:
        """The least contrast of all that is read in these colours."""
        texts = [(self.accent, ground) for ground in grounds]
        texts += [(self.on, self.accent), (self.on, self.hover), (self.ink, self.soft)]
        return min(contrast(text, ground) for text, ground in texts)


def light_accent(colour: str) -> Accent:
    """What follows from an accent on light pages."""
    return Accent(
        accent=colour,
        hover=mixed(colour, BLACK, 0.2),
        on=WHITE,
        soft=mixed(LIGHT_GROUNDS[0], colour, 0.12),
        ink=mixed(colour, BLACK, 0.2),
    )


def dark_accent(colour: str) -> Accent:
    """What follows from an accent on dark pages."""
    return Accent(
        accent=colour,
        hover=mixed(colour, WHITE, 0.2),
        on=BLACK,
        soft=mixed(DARK_GROUNDS[0], colour, 0.18),
        ink=mixed(colour, WHITE, 0.35),
    )


def require_readable(light: str, dark: str) -> None:
    """Raise AccentUnreadable, naming the theme in its data, where words could not be read."""
    for theme, accent, grounds in (
        ("light", light_accent(light), LIGHT_GROUNDS),
        ("dark", dark_accent(dark), DARK_GROUNDS),
    ):
        ratio = accent.weakest(grounds)
        if ratio < ENOUGH:
            # Rounded down: 4.49 is not 4.5.
            raise AccentUnreadable(ratio=f"{int(ratio * 10) / 10:.1f}", theme=theme)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with this share of another in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def stylesheet(light: str, dark: str) -> str:
    """The rules that put the practice's accents in the place of ours."""
    by_day, by_night = light_accent(light), dark_accent(dark)
    values = {
        "--accent": (by_day.accent, by_night.accent),
        "--accent-hover": (by_day.hover, by_night.hover),
        "--on-accent": (by_day.on, by_night.on),
        "--accent-soft": (by_day.soft, by_night.soft),
        "--accent-ink": (by_day.ink, by_night.ink),
    }
    rules = "".join(f"{name}:light-dark({a},{b});" for name, (a, b) in values.items())
    return f":root{{{rules}}}\n"


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    parts = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
