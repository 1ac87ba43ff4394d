"""YAML as a small tree that remembers its lines.

Built from the parser's events, so that no tag can make an object, no alias can blow up, and a
key given twice is seen. Scalars stay the text that was written: ``09:00`` is no number of base
60 here, and ``no`` no false, unless the one who asks takes it for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from alcove.practice_file.problems import refuse

MOST_BYTES = 8_000_000
DEEPEST = 12

# The C parser reads ten thousand people in seconds; the other one is the same, slower.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as written."""

    line: int
    text: str
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        """Whether nothing stands there."""
        return not self.quoted and self.text in {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values."""

    line: int
    items: "list[Node]"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Values by key; each key once."""

    line: int
    keys: dict[str, Scalar]
    values: "dict[str, Node]"


Node = Scalar | Listing | Mapping


def read_tree(content: bytes) -> Node:
    """The tree of one YAML document; Refused, with the line, when it is not one."""
    if len(content) > MOST_BYTES:
        raise refuse(1, f"the file is larger than {MOST_BYTES // 1_000_000} MB; split it in two.")
    text = _decode(content)
    try:
        return _Builder(iter(yaml.parse(text, Loader=_Loader))).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise refuse(mark.line + 1 if mark else 1, _explain(error.problem)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise refuse(line, "holds a control character; remove it.") from error


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse(line, "is not UTF-8 text; save the file as UTF-8.") from error


def _explain(problem: str | None) -> str:
    return (
        f"this is not YAML: {problem or 'cannot be read'}. Look at the indentation (spaces, no "
        'tabs) here and just above, and put text that holds ": " or begins with a sign in quotes.'
    )


class _Builder:
    """Builds the tree from the parser's events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.depth = 0

    def document(self) -> Node:
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return Mapping(1, {}, {})
        root = self.node(next(self.events))
        next(self.events)  # the document ends
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise refuse(_line(after), "a second document begins here; a file holds one.")
        return root

    def node(self, event: Any) -> Node:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise refuse(line, "anchors (&) and aliases (*) are not read; write the value out.")
        if event.tag is not None:
            raise refuse(line, f"the tag {event.tag} is not read; leave tags (!) out.")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(line, event.value, quoted=bool(event.style))
        self.depth += 1
        if self.depth > DEEPEST:
            raise refuse(line, "this is nested too deeply for a practice file.")
        node = self.listing(line) if isinstance(event, yaml.SequenceStartEvent) else self.map(line)
        self.depth -= 1
        return node

    def listing(self, line: int) -> Listing:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event))
        return Listing(line, items)

    def map(self, line: int) -> Mapping:
        found = Mapping(line, {}, {})
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event)
            if not isinstance(key, Scalar):
                raise refuse(key.line, "a key is a single word.")
            if key.text in found.keys:
                first = found.keys[key.text].line
                raise refuse(key.line, f"“{key.text}” is given twice, first in line {first}.")
            found.keys[key.text] = key
            found.values[key.text] = self.node(next(self.events))
        return found


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
