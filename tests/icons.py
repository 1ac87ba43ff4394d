"""Draws the icons of the installed product from the favicon's design: ``python -m tests.icons``.

An arch within an arch, as in ``static/img/favicon.svg``, in the shapes that phones ask for: with
round corners; "maskable", which the phone cuts into a shape of its own; and a badge, of which
Android shows the outline only.
"""

from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw

FOLDER = Path(settings.BASE_DIR) / "static" / "img"

# The favicon's grid, and how much finer we draw than we keep: smooth edges without a renderer.
GRID = 32
FINER = 8

GROUND = "#1d6156"
OUTER = "#fffdf9"
INNER = "#a9ded2"
CLEAR = "#00000000"

# What is cut off a maskable icon at most: all outside of the middle four fifths (W3C manifest).
SAFE = 0.84


def draw_icon(
    size: int, *, ground: str = GROUND, corner: float = 7, scale: float = 1
) -> Image.Image:
    """The mark on its ground, square, ``size`` pixels wide."""
    side = size * FINER
    image = Image.new("RGBA", (side, side), CLEAR)
    pen = ImageDraw.Draw(image)
    unit = side / GRID
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=corner * unit, fill=ground)
    _mark(pen, unit, scale, outer=OUTER, inner=INNER, between=ground)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def draw_badge(size: int) -> Image.Image:
    """The mark alone, white on nothing."""
    side = size * FINER
    image = Image.new("RGBA", (side, side), CLEAR)
    _mark(ImageDraw.Draw(image), side / GRID, 1.25, outer="#ffffff", inner="#ffffff", between=CLEAR)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _mark(
    pen: ImageDraw.ImageDraw, unit: float, scale: float, *, outer: str, inner: str, between: str
) -> None:
    """The two arches: the outer is a wide one less a narrower one."""

    def place(x: float, y: float) -> tuple[float, float]:
        # Scaled about the middle of the mark, which then stands in the middle.
        moved = 0.5 if scale != 1 else 0
        return (16 + (x - 16) * scale) * unit, (16 + (y - 16 - moved) * scale) * unit

    def arch(left: float, top: float, right: float, bottom: float, fill: str) -> None:
        (x0, y0), (x1, y1) = place(left, top), place(right, bottom)
        radius = (x1 - x0) / 2
        pen.pieslice((x0, y0, x1, y0 + 2 * radius), 180, 360, fill=fill)
        pen.rectangle((x0, y0 + radius, x1, y1), fill=fill)

    arch(6.5, 6, 25.5, 27, outer)
    arch(10.5, 10.5, 21.5, 27, between)
    arch(12.5, 13, 19.5, 27, inner)


def icons() -> dict[str, Image.Image]:
    """Every picture by its file name."""
    return {
        "icon-192.png": draw_icon(192),
        "icon-512.png": draw_icon(512),
        "icon-maskable-192.png": draw_icon(192, corner=0, scale=SAFE),
        "icon-maskable-512.png": draw_icon(512, corner=0, scale=SAFE),
        # iOS rounds it, and fills what is clear with black.
        "apple-touch-icon.png": draw_icon(180, corner=0),
        "badge-96.png": draw_badge(96),
    }


def main() -> None:
    """Write them."""
    for name, image in icons().items():
        image.save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
