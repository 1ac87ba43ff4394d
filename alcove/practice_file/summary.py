"""What an import did, counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is not as it was."""

    kind: str
    outcome: Outcome
    what: str


@dataclass(slots=True)
class Summary:
    """How many things of each kind were added, changed or already so."""

    counts: dict[str, Counter[Outcome]] = field(default_factory=dict)
    details: list["Detail"] = field(default_factory=list)

    def note(self, kind: str, outcome: Outcome, what: str = "") -> None:
        """Count one, and keep its name where it is not as it was."""
        self.counts.setdefault(kind, Counter())[outcome] += 1
        if outcome != "unchanged":
            self.details.append(Detail(kind, outcome, what))

    @property
    def changes(self) -> int:
        """How many things are not as they were."""
        return sum(count["added"] + count["changed"] for count in self.counts.values())

    def __str__(self) -> str:
        lines = [
            f"{kind:<22}"
            + ", ".join(
                f"{count[outcome]} {outcome}"
                for outcome in ("added", "changed", "unchanged")
                if count[outcome]
            )
            for kind, count in self.counts.items()
        ]
        return "\n".join([*lines, "1 change" if self.changes == 1 else f"{self.changes} changes"])


def joined(*outcomes: Outcome) -> Outcome:
    """The outcome for a whole, of which the first is the thing itself, from those of its parts."""
    if outcomes[0] == "added":
        return "added"
    return "unchanged" if set(outcomes) == {"unchanged"} else "changed"
