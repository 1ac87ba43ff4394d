"""Where guides are shown."""

from django.urls import reverse

from alcove.guides.guide import Guide


def address_of(guide: Guide, language: str = "", anchor: str = "") -> str:
    """In the reader's own language, or in the one that is named; at a place in it, if told."""
    names = [language, guide.slug] if language else [guide.slug]
    url = reverse("guides:guide_in" if language else "guides:guide", args=names)
    return f"{url}#{anchor}" if anchor else url
