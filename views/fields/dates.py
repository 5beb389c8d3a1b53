"""Days in 民國 or western years, moments and times of day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wtforms import Field
from wtforms.widgets import TextInput

from models.values.roc import format_roc, parse_clock, parse_date, parse_moment


class RocDateField(Field):
    """A date typed as 115/11/23, 1151123 or 2026-11-23, shown in ROC years."""

    data: Any

    widget = TextInput()

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.render_kw: dict[str, Any] = {"data-roc": "", **(self.render_kw or {})}

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return format_roc(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = parse_date(valuelist[0]) if valuelist else None

    def within(self, first: dt.date, last: dt.date) -> None:
        """The semester the day most likely falls in: the calendar shows it, nothing is refused for it."""
        self.render_kw = {**self.render_kw, "data-first": first.isoformat(), "data-last": last.isoformat()}


class RocDateTimeField(RocDateField):
    """A date and a time of day, e.g. 115/11/23 17:00."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{format_roc(self.data.date())} {self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = parse_moment(valuelist[0]) if valuelist else None


class TimeField(Field):
    """A time of day, e.g. 09:10 or 0910."""

    widget = TextInput()

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.render_kw: dict[str, Any] = {"inputmode": "numeric", "autocomplete": "off"}

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = parse_clock(str(valuelist[0])) if valuelist else None
