"""Passwords everybody tries first: zxcvbn's list of the 30,000 most used ones from breaches, shipped with the library.

Nothing is asked of anybody outside. The list is read when the first password is set, without loading the rest of the library: about
one MiB stays in memory.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import util
from pathlib import Path

SHORTEST = 4
SEQUENCES = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv",
)
ALIKE = str.maketrans("@4301!5$7", "aaeoiisst")


@cache
def _list() -> frozenset[str]:
    package = util.find_spec("zxcvbn")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("缺少 zxcvbn 的常用密碼表")
    file = Path(next(iter(package.submodule_search_locations))) / "frequency_lists.py"
    spec = util.spec_from_file_location("zxcvbn_frequency_lists", file)
    if spec is None or spec.loader is None:
        raise RuntimeError("讀不到 zxcvbn 的常用密碼表")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(word for word in module.FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)


def is_common(password: str) -> bool:
    """Whether the password is one of the list, as it is, with letters put for signs, or with a few signs added at either end."""
    low = password.casefold()
    shapes = {low, low.translate(ALIKE), re.sub(r"\s", "", low)}
    shapes |= {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", shape) for shape in tuple(shapes)}
    return any(len(shape) >= SHORTEST and shape in _list() for shape in shapes)


def is_simple(password: str) -> bool:
    """Whether the password is one short piece over and over, or a row of the alphabet or the keyboard."""
    low = re.sub(r"[\s\-_.]", "", password.casefold())
    repeated = re.fullmatch(r"(.{1,4}?)\1{2,}.{0,3}", low) is not None
    return repeated or not low or any(low[:8] in row and len(low) <= len(row) for row in SEQUENCES)
