"""The shipped code lists, read straight from their files."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FILES = sorted((Path(__file__).parents[2] / "seed" / "codes").glob("*.toml"))
LISTS: list[dict[str, Any]] = [each for file in FILES for each in tomllib.loads(file.read_text(encoding="utf-8"))["list"]]
NAMES = {(each["code"], entry["value"]): entry["zh"] for each in LISTS for entry in each["entry"]}


def names(code: str, value: str) -> str | None:
    return NAMES.get((code, value))


def values(code: str) -> set[str]:
    return {value for listed, value in NAMES if listed == code}
