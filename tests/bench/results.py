"""What was measured, kept as JSON so that one engine and size can be measured again without the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Rounds = list[list[float]]


class BenchFailed(RuntimeError):
    """Something measured did not answer as it should; the message says what."""


@dataclass
class Results:
    """`rounds`: per application and measurement the samples of each round. `figures`: single numbers, by the same names."""

    engine: str
    size: str
    version: str
    measured_on: str
    machine: str
    outcomes: int
    students: int
    quick: bool = False
    filled_in: float = 0.0
    load: float = 0.0
    rounds: dict[str, dict[str, Rounds]] = field(default_factory=dict)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, app: str, name: str, number: int, samples: Sequence[float]) -> None:
        """Keep the samples of round `number`."""
        kept = self.rounds.setdefault(app, {}).setdefault(name, [])
        kept.extend([] for _ in range(number + 1 - len(kept)))
        kept[number].extend(samples)

    def figure(self, app: str, name: str, value: float) -> None:
        self.figures.setdefault(app, {})[name] = value

    def has(self, app: str, name: str) -> bool:
        return any(self.rounds.get(app, {}).get(name, []))

    def of(self, app: str, name: str) -> float:
        """The median of all samples."""
        return median(sample for each in self.rounds[app][name] for sample in each)

    def count(self, app: str, name: str) -> int:
        return sum(len(each) for each in self.rounds[app][name])

    def most(self, app: str, name: str) -> float:
        return max(sample for each in self.rounds[app][name] for sample in each)

    def ratio(self, name: str, mine: str, theirs: str, other: str = "") -> float:
        """The median of the rounds' ratios of medians; `other`: what they are measured by, when it is something else."""
        return _middle(self.rounds[mine][name], self.rounds[theirs][other or name])

    def within(self, app: str, name: str, base: str) -> float:
        """One request by another of the same application, as a median of per-round ratios."""
        return _middle(self.rounds[app][name], self.rounds[app][base])

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.engine}-{self.size}.json").write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")


def load(folder: Path, engine: str, size: str) -> Results | None:
    """What was measured last, or None."""
    path = folder / f"{engine}-{size}.json"
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Results(**content)


def _middle(ones: Rounds, others: Rounds) -> float:
    """The median of the rounds' ratios of medians, over the rounds in which both were measured."""
    pairs = zip(ones, others, strict=False)
    return median(median(one) / median(other) for one, other in pairs if one and other)
