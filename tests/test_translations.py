"""Spanish is complete: every text of the product has its translation, with the same places."""

from tests.translations import placeholders, spanish, texts


def parts(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The singular and plural of a text, or the text alone."""
    if isinstance(text, (list, tuple)):
        return list(text)
    return [text or ""]


def test_every_text_has_a_spanish_translation() -> None:
    known = spanish()

    missing = [
        message.id
        for message in texts()
        if message.id
        and not ((found := known.get(message.id, message.context)) and all(parts(found.string)))
    ]

    assert missing == []


def test_no_translation_is_in_doubt() -> None:
    # What is marked as fuzzy is not compiled: its readers would get English.
    assert [message.id for message in spanish() if message.id and message.fuzzy] == []


def test_translations_fill_in_the_same_places() -> None:
    odd = [
        message.id
        for message in spanish()
        if message.id
        and any(
            placeholders(form) - placeholders("".join(parts(message.id)))
            for form in parts(message.string)
        )
    ]

    assert odd == []
