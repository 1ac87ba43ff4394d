"""What is wrong with a practice file, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing to mend: the line it stands on, what is wrong, and how to mend it."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


class Refused(Exception):
    """The file cannot be taken over; nothing of it was. ``problems`` names all that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def refuse(line: int, text: str) -> Refused:
    """The refusal for one problem."""
    return Refused([Problem(line, text)])
