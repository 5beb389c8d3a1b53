"""From a 中文 text to another language: known words, sentences with values in them, and lists and sentences one after another.

A message may hold values, `已選 %(n)s 筆`. Its translation names the same values; `[s]` in it is left out after a value of 1, and
`[is|are]` takes the first word then: `%(n)s row[s] [is|are] selected`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
PLACE = re.compile(r"%\((\w+)\)s")
PART = re.compile(r"%\((\w+)\)s|\[(\w+)(?:\|(\w+))?\]")
SPACES = re.compile(r"[ \t\r\n]+")
LONGEST = 600
"""A text longer than this is no message with values: only its sentences are looked up."""
MOST_TRIED = 8
DEEPEST = 6
BETWEEN = (
    ("\n", "\n"), ("　", " "), ("。", ". "), ("；", "; "), ("…", "… "), ("｜", " | "), ("・", " · "), ("．", " · "), ("，", ", "),
    ("：", ": "), ("、", ", "), ("／", " / "), ("→", " → "), ("（", " ("), ("）", ") "), ("「", " “"), ("」", "” "), ("\t", "\t"),
    (" ", " "),
)  # fmt: skip
"""What stands between the parts of a text, the strongest first, and what stands there in English."""


WEAK = 3
"""A message with fewer signs of 中文 than this says little: a value in it may be a name, but no sentence."""
LONGEST_NAME = 30
TIME = re.compile("[0-9]{2,3} 學年度(?:第[12]學期)?")
STOPS = re.compile("[。，；：？！]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A message with values in it. `runs`: how many values stand side by side in each place."""

    anchor: str
    shape: re.Pattern[str]
    names: tuple[str, ...]
    runs: tuple[int, ...]
    target: str
    han: int
    weight: int


def tidy(text: str) -> str:
    """A text as the catalogue knows it: one space for every run of them, none at the ends."""
    return SPACES.sub(" ", text).strip(" ")


def pattern_of(message: str, target: str) -> Pattern:
    """The shape of the texts that `message` becomes."""
    first, *rest = PLACE.split(message)[::2]
    literals: list[str] = [first]
    runs: list[int] = []
    for number, literal in enumerate(rest):
        if number and not literals[-1]:  # the value before had nothing between it and this one
            runs[-1] += 1
            literals[-1] = literal
        else:
            runs.append(1)
            literals.append(literal)
    shape = re.compile("(.*?)".join(re.escape(each) for each in literals), re.DOTALL)
    han = len(HAN.findall("".join(literals)))
    weight = han * 4 + sum(map(len, literals))
    return Pattern(max(literals, key=len), shape, tuple(PLACE.findall(message)), tuple(runs), target, han, weight)


def fill(target: str, values: Mapping[str, str]) -> str:
    """The translation with its values in it."""
    last = ""

    def one(part: re.Match[str]) -> str:
        nonlocal last
        name, first, second = part.groups()
        if name:
            last = values.get(name, "")
            return last
        return (first if last == "1" else second) if second else ("" if last == "1" else first)

    return PART.sub(one, target)


class Phrasebook:
    """Messages and their translations, and what can be said with them. `words`: those that values are made of."""

    def __init__(self, messages: Mapping[str, str], words: frozenset[str] = frozenset()) -> None:
        self.exact = {tidy(message): target for message, target in messages.items() if not PLACE.search(message)}
        found = [pattern_of(tidy(message), target) for message, target in messages.items() if PLACE.search(message)]
        self.words = words & self.exact.keys()
        self.patterns = sorted(found, key=lambda each: -each.weight)
        self.say = lru_cache(maxsize=50_000)(self._say)

    def _say(self, text: str) -> str:
        """`text` in the other language as far as it is known; the spaces around it stay."""
        inner = text.strip(" \t\r\n")
        if not HAN.search(inner):
            return text
        before, _, after = text.partition(inner)
        return before + self._best(SPACES.sub(" ", inner) if len(inner) <= LONGEST else inner, 0)[0] + after

    def word(self, text: str) -> str:
        """A fixed word, several in a row, or with one in brackets behind it: 學生（日校）. Any other text stays."""
        inner = text.strip(" \t\r\n")
        if TIME.fullmatch(inner):
            return text.replace(inner, self.say(inner))
        before, _, behind = inner.rstrip("）").rpartition("（")
        if before and inner.endswith("）") and behind in self.words:
            return text.replace(inner, f"{self.word(before)} ({self.exact[behind]})")
        parts = _joined(inner.split("、"), "、", self.words)
        return text.replace(inner, ", ".join(self.exact[part] for part in parts)) if self.words.issuperset(parts) else text

    def _best(self, text: str, depth: int) -> tuple[str, int]:
        """The translation that leaves the least 中文, and how much it leaves."""
        left = len(HAN.findall(text))
        if not left:
            return text, 0
        if text in self.exact:
            return self.exact[text], 0
        best = (text, left)
        if depth < DEEPEST:
            for found in self._ways(text, depth):
                best = found if found[1] < best[1] else best
                if not best[1]:
                    break
        return best

    def _ways(self, text: str, depth: int) -> Iterator[tuple[str, int]]:
        if len(text) <= LONGEST:
            yield from self._as_patterns(text, depth)
        yield from self._in_parts(text, depth)

    def _as_patterns(self, text: str, depth: int) -> Iterator[tuple[str, int]]:
        tried = 0
        for each in self.patterns:
            if each.anchor not in text or not (match := each.shape.fullmatch(text)):
                continue
            given = self._values(each, match.groups())
            if given is None or (each.han < WEAK and not all(_is_name(value) for value in given)):
                continue
            said = [self._best(value, depth + 1) for value in given]
            values = dict(zip(each.names, (value for value, _ in said), strict=True))
            yield fill(each.target, values), sum(left for _, left in said)
            tried += 1
            if tried == MOST_TRIED:
                return

    def _values(self, pattern: Pattern, found: tuple[str, ...]) -> list[str] | None:
        """The value of each place. Values that stand side by side are told apart by what is known, else the first has it all."""
        values: list[str] = []
        for text, many in zip(found, pattern.runs, strict=True):
            parts = [text] if many == 1 else self._told_apart(text, many)
            if parts is None and not pattern.han:
                return None
            values += parts or [text, *[""] * (many - 1)]
        return values

    def _told_apart(self, text: str, many: int) -> list[str] | None:
        """`text` as `many` known values, the first as long as possible."""
        if many == 1:
            return [text] if self._is_known(text) else None
        for end in range(len(text), 0, -1):
            if self._is_known(text[:end]) and (rest := self._told_apart(text[end:], many - 1)) is not None:
                return [text[:end], *rest]
        return None

    def _is_known(self, text: str) -> bool:
        return all(part in self.exact for part in _joined(text.split("、"), "、", self.exact))

    def _in_parts(self, text: str, depth: int) -> Iterator[tuple[str, int]]:
        for sign, spoken in BETWEEN:
            if sign in text:
                parts = [self._part(part, sign, depth) for part in _joined(text.split(sign), sign, self.exact)]
                joined = re.sub(" {2,}", " ", spoken.join(part for part, _ in parts)).strip(" ")
                yield joined, sum(left for _, left in parts)
                return

    def _part(self, part: str, sign: str, depth: int) -> tuple[str, int]:
        whole = part.strip(" ") + sign
        if sign in "。：" and whole in self.exact:
            return self.exact[whole].rstrip(" .:"), 0
        return self._best(part.strip(" "), depth + 1)


def _joined(parts: list[str], sign: str, known: Container[str]) -> list[str]:
    """Parts that only together are a known word are put together again: 技能證照檢定、技藝技能競賽得獎."""
    found: list[str] = []
    while parts:
        end = next((end for end in range(len(parts), 1, -1) if sign.join(parts[:end]) in known), 1)
        found.append(sign.join(parts[:end]))
        parts = parts[end:]
    return found


def _is_name(value: str) -> bool:
    return len(value) <= LONGEST_NAME and not STOPS.search(value)
