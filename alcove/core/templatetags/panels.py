"""Drawing the parts that others add to a page (``core.panels``)."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from alcove.core.panels import Panel

register = template.Library()


@register.simple_tag(takes_context=True)
def panel_part(context: dict[str, Any], panel: Panel) -> SafeString:
    """The panel's own template with its own context, and nothing of the page's."""
    return render_to_string(panel.template, panel.context, request=context.get("request"))
