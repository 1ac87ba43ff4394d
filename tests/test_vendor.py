"""Code of others that we serve is exactly what its list says."""

import hashlib
import json
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
LIST = VENDOR / "VENDORED.json"


def test_vendored_files_are_those_listed_with_their_digest() -> None:
    listed = {entry["file"]: entry["sha256"] for entry in json.loads(LIST.read_text())}

    present = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != LIST
    }

    assert present == listed


def test_vendored_files_state_name_version_and_licence() -> None:
    for entry in json.loads(LIST.read_text()):
        assert sorted(entry) == ["file", "licence", "name", "sha256", "version"]
        assert all(entry.values())
