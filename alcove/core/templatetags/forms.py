"""What every form of the product carries."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def once(context: dict[str, Any]) -> SafeString | str:
    """The hidden key by which sending the form twice has no second effect (``core.pages``)."""
    key = context.get("idempotency_key")
    return (
        format_html('<input type="hidden" name="idempotency_key" value="{}">', key) if key else ""
    )
