"""How much one socket may send."""


class Allowance:
    """A bucket of frames that fills at a steady rate; ``clock`` values are monotonic seconds."""

    def __init__(self, *, at_once: float, per_second: float, clock: float) -> None:
        self.at_once = at_once
        self.per_second = per_second
        self._left = at_once
        self._clock = clock

    def take(self, clock: float) -> bool:
        """Take one frame; False when there is none left."""
        self._left = min(self.at_once, self._left + (clock - self._clock) * self.per_second)
        self._clock = clock
        if self._left < 1:
            return False
        self._left -= 1
        return True
