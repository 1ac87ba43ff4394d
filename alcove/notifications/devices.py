"""A person's devices that show notifications: what they are called, and how to tell them apart."""

import hashlib
import re

from django.utils.translation import gettext as _

# The first that fits: most browsers claim to be several.
BROWSERS = [
    (r"\bEdgA?/|\bEdgiOS/", "Edge"),
    (r"\bOPR/|\bOPT/", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bFirefox/|\bFxiOS/", "Firefox"),
    (r"\bChrome/|\bChromium/|\bCriOS/", "Chrome"),
    (r"\bSafari/", "Safari"),
]
SYSTEMS = [
    (r"\bAndroid\b", "Android"),
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bWindows\b", "Windows"),
    (r"\bMacintosh\b", "Mac"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bLinux\b", "Linux"),
]


def name_of(user_agent: str) -> str:
    """What a person would call it, such as "Firefox on Android", from the browser's own claim."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")


def digest_of(endpoint: str) -> str:
    """By which a page finds out whether a device of the list is the one that it is shown on."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _first(known: list[tuple[str, str]], text: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, text)), "")
