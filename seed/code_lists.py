"""Load the shipped code lists (`seed/codes/*.toml`). A list or a value already there is left as the school keeps it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.codes import Code, CodeList

FOLDER = Path(__file__).with_name("codes")


def load_codes(session: Session) -> None:
    """Add the lists and values the database lacks; loading again changes nothing."""
    lists = {each.code: each for each in session.scalars(select(CodeList))}
    values = {tuple(row) for row in session.execute(select(Code.list_code, Code.value, Code.valid_from))}
    for shipped in _shipped():
        code_list = lists.get(shipped["code"]) or _list(shipped)
        session.add(code_list)
        session.add_all(
            _code(code_list, entry) for entry in shipped["entry"] if (code_list.code, entry["value"], entry["from"]) not in values
        )
    session.flush()


def _shipped() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))["list"]


def _list(shipped: dict[str, Any]) -> CodeList:
    return CodeList(**{name: shipped[name] for name in ("code", "zh", "source", "complete")})


def _code(code_list: CodeList, entry: dict[str, Any]) -> Code:
    return Code(
        code_list=code_list, value=entry["value"], zh=entry["zh"], valid_from=entry["from"], valid_until=entry["until"] or None
    )
