from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured

from alcove.core.static_storage import StaticStorage, join_imports

ENTRY = """@layer base, components;

@import "tokens.css" layer(base);
@import "components/card.css" layer(components);
"""


@pytest.fixture
def source(tmp_path: Path) -> StaticFilesStorage:
    css = tmp_path / "source" / "css"
    (css / "components").mkdir(parents=True)
    (css / "app.css").write_text(ENTRY)
    (css / "tokens.css").write_text(":root {}\n")
    (css / "components" / "card.css").write_text(".card {}\n")
    return StaticFilesStorage(location=tmp_path / "source", base_url="/static/")


def found(source: StaticFilesStorage) -> dict[str, tuple[StaticFilesStorage, str]]:
    names = ["css/app.css", "css/tokens.css", "css/components/card.css"]
    return {name: (source, name) for name in names if source.exists(name)}


def test_join_puts_each_file_inside_its_layer(source: StaticFilesStorage) -> None:
    assert join_imports("css/app.css", found(source)) == (
        "@layer base, components;\n\n@layer base {\n:root {}\n}\n@layer components {\n.card {}\n}\n"
    )


def test_join_refuses_a_missing_file(source: StaticFilesStorage) -> None:
    source.delete("css/tokens.css")

    with pytest.raises(ImproperlyConfigured, match=r"css/tokens\.css, which does not exist"):
        join_imports("css/app.css", found(source))


@pytest.mark.parametrize("rule", ['@import "other.css";', ".card { background: url(paper.png) }"])
def test_join_refuses_relative_addresses(source: StaticFilesStorage, rule: str) -> None:
    Path(source.path("css/components/card.css")).write_text(rule)

    with pytest.raises(ImproperlyConfigured, match=r"css/components/card\.css refers"):
        join_imports("css/app.css", found(source))


def test_collected_stylesheet_is_one_hashed_compressed_file(
    source: StaticFilesStorage, tmp_path: Path
) -> None:
    target = StaticStorage(location=tmp_path / "target", base_url="/static/")
    for name, (storage, path) in found(source).items():
        with storage.open(path) as file:
            target.save(name, file)

    list(target.post_process(found(source)))

    served = Path(target.path(target.stored_name("css/app.css")))
    assert served.name != "app.css"
    assert served.read_text() == join_imports("css/app.css", found(source))
    assert served.with_name(f"{served.name}.gz").exists() or served.stat().st_size < 200


def test_scripts_keep_bare_module_names_and_follow_relative_ones(
    source: StaticFilesStorage, tmp_path: Path
) -> None:
    js = Path(source.path("js"))
    js.mkdir()
    (js / "one.js").write_text("export const one = 1;\n")
    (js / "two.js").write_text(
        '/** @typedef {import("live/call").Call} Call */\n'
        'import { Call } from "live/call";\nimport { one } from "./one.js";\n'
    )
    paths = {name: (source, name) for name in ("js/one.js", "js/two.js")}
    target = StaticStorage(location=tmp_path / "target", base_url="/static/")
    for name, (storage, path) in paths.items():
        with storage.open(path) as file:
            target.save(name, file)

    list(target.post_process(paths))

    served = Path(target.path(target.stored_name("js/two.js"))).read_text()
    assert 'import("live/call").Call' in served
    assert 'from "live/call"' in served
    assert f'from "./{Path(target.stored_name("js/one.js")).name}"' in served
