"""Reading what a person typed on these pages: a day, a number. What cannot be read becomes a sentence, never an error page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request

from admin_app.extensions import db
from models.base import Entity
from models.values.roc import parse_date


class Unclear(ValueError):
    """A field cannot be read; the message says which and how to write it."""


def day(name: str, zh: str) -> dt.date:
    """The day typed into a field."""
    try:
        found = parse_date(request.form.get(name, ""))
    except ValueError as error:
        raise Unclear(f"{zh}：{error}。") from None
    if found is None:
        raise Unclear(f"請填寫{zh}。")
    return found


def optional_day(name: str, zh: str) -> dt.date | None:
    """The day typed into a field that may be left blank."""
    return day(name, zh) if request.form.get(name, "").strip() else None


def number(text: str) -> int:
    """An id from an address or a form; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def row(model: type[Any], text: str, zh: str) -> Any:
    """The row a picker names."""
    found: Entity | None = db.session.get(model, number(text)) if number(text) else None
    if found is None:
        raise Unclear(f"請選取{zh}：輸入姓名或代碼，再從清單選取。")
    return found
