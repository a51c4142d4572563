"""Random numbers that are the same on every Python and every machine: only random(), integers and table look-ups.

Each thing that is simulated has a stream of its own (`Rng(seed, "job", 17)`), so a change in one place does not move the rest.
No logarithms or exponentials: libraries differ in their last bits, tables do not.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

#: Quantiles of a skewed waiting time with median 1 (a log-normal's shape), at equal steps of probability 0, 0.1, ... 1.
WAIT = (0.12, 0.33, 0.46, 0.60, 0.78, 1.0, 1.28, 1.66, 2.25, 3.4, 8.0)
#: Quantiles of an exponential waiting time with mean 1.
EXPONENTIAL = (0.0, 0.105, 0.223, 0.357, 0.511, 0.693, 0.916, 1.204, 1.609, 2.303, 4.9)


class Rng:
    """A stream of random numbers named by its key."""

    def __init__(self, *key: object) -> None:
        self.random = random.Random("/".join(str(part) for part in key)).random

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def between(self, low: int, high: int) -> int:
        """An integer of low..high, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self.random() * len(items))]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """One item, with a chance proportional to its weight."""
        left = self.random() * sum(weight for _, weight in items)
        for item, weight in items:
            left -= weight
            if left < 0:
                return item
        return items[-1][0]

    def quantile(self, table: Sequence[float]) -> float:
        """A draw from the distribution whose evenly spaced quantiles are `table`, linear between them."""
        place = self.random() * (len(table) - 1)
        index = int(place)
        return table[index] + (table[index + 1] - table[index]) * (place - index)

    def wait(self, median: float) -> float:
        return median * self.quantile(WAIT)

    def gap(self, mean: float) -> float:
        return mean * self.quantile(EXPONENTIAL)
