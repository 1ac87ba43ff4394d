"""Static files as they are served: named by their hash, compressed, stylesheets in one piece."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/app.css"

_IMPORT = re.compile(r'^@import "(?P<name>[^"]+)" layer\((?P<layer>[\w-]+)\);$', re.MULTILINE)
_RELATIVE = re.compile(r"@import|url\(\s*[\"']?(?!data:|#)", re.IGNORECASE)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, which also joins the files that ``css/app.css`` imports.

    The source keeps one file a component, a visit costs one request, and nothing is built: the
    source alone works too, the browser following the imports.
    """

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Django's, except that bare module names stay: the import map leads them to their files.

        Django takes ``import("live/call")``, in the comments that state types too, for a path.
        """
        convert: Callable[[re.Match[str]], str] = super().url_converter(
            name, hashed_files, template
        )
        if not name.endswith(".js"):
            return convert
        return lambda match: convert(match) if match["url"][:1] in "./" else match["matched"]

    def post_process(
        self, paths: dict[str, Any], **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if STYLESHEET in paths and not options.get("dry_run"):
            joined = InMemoryStorage()
            joined.save(STYLESHEET, ContentFile(join_imports(STYLESHEET, paths)))
            paths = paths | {STYLESHEET: (joined, STYLESHEET)}
        yield from super().post_process(paths, **options)


def join_imports(name: str, paths: dict[str, Any]) -> str:
    """The stylesheet ``name`` with each file that it imports put in, inside its layer.

    ``paths`` is what collectstatic found: name → (storage, path). Raises ImproperlyConfigured for
    a file that is missing, or that refers to others by relative addresses: those would change
    their meaning in the joined file.
    """
    folder = name.rpartition("/")[0]

    def read(name: str) -> str:
        if name not in paths:
            raise ImproperlyConfigured(f"{STYLESHEET} imports {name}, which does not exist.")
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())

    def put_in(match: re.Match[str]) -> str:
        imported = f"{folder}/{match['name']}"
        content = read(imported)
        if _RELATIVE.search(content):
            raise ImproperlyConfigured(f"{imported} refers to another file; {name} cannot.")
        return f"@layer {match['layer']} {{\n{content}}}"

    return _IMPORT.sub(put_in, read(name))
