"""What a benchmark says: a value beside its baseline from the same run, so that machines can be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measurement:
    """One result. ``ratio`` is value / baseline; ``target`` bounds the ratio.

    Where product and baseline took turns, ``pairs`` are the ratios of each turn, and their median counts: the load of
    the machine changes from turn to turn, and strikes both sides of one turn alike.
    """

    name: str
    value: float
    unit: str
    baseline: float
    bound: Literal["<=", ">="]
    target: float
    pairs: tuple[float, ...] = ()

    @property
    def ratio(self) -> float:
        """Value against baseline."""
        return median(self.pairs) if self.pairs else self.value / self.baseline

    @property
    def is_met(self) -> bool:
        """Whether the ratio keeps the bound."""
        return self.ratio <= self.target if self.bound == "<=" else self.ratio >= self.target

    def __str__(self) -> str:
        return (
            f"bench {self.name} value={self.value:.4g} unit={self.unit} baseline={self.baseline:.4g}"
            f" ratio={self.ratio:.3g} target={self.bound}{self.target:g}"
        )


Benchmark = Callable[[], Sequence[Measurement]]
"""A module ``tests/bench/bench_<name>.py`` has a function ``run`` of this kind."""
