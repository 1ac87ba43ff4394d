"""The proxy of the sample deployment lets through what the product takes, and says who asks."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from uvicorn import Config

DEPLOY = Path(settings.BASE_DIR).parent / "deploy"


def web() -> dict[str, Any]:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    service: dict[str, Any] = compose["services"]["web"]
    return service


def test_proxy_takes_the_largest_upload() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

    [megabytes] = re.findall(r"max_size (\d+)MB", caddy)
    assert int(megabytes) * 1_000_000 >= max(settings.UPLOADS.values())


def test_people_behind_the_proxy_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits by address would else count everybody as the proxy: a few asked, nobody could."""
    service = web()
    assert "ports" not in service  # only the proxy reaches it, so what it says can be believed
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", service["environment"]["FORWARDED_ALLOW_IPS"])

    assert Config("alcove.asgi:application").forwarded_allow_ips == "*"
    assert Config("alcove.asgi:application").proxy_headers
