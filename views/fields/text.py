"""Text and numbers as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.widgets import TextInput

from models.values.text import integer, number, tidy


class TidyField(StringField):
    """Text without stray spaces at its ends; full-width letters and digits made ordinary."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = tidy(valuelist[0])


class BriefField(TextAreaField):
    """Longer text; the page counts its characters against the column's length."""

    def __init__(self, label: str, *, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        if most:
            self.render_kw: dict[str, Any] = {"data-max": str(most)}

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Browsers send a line break as two characters; it counts and is kept as one."""
        if valuelist:
            self.data = str(valuelist[0]).replace("\r\n", "\n")


class AtMost:
    """No more characters than the column holds, and by how many the text is over."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Any, field: Field) -> None:
        used = len(field.data or "")
        if used > self.most:
            raise ValidationError(f"最多 {self.most} 字，目前 {used} 字，請刪減 {used - self.most} 字")


class NumberField(Field):
    """A number; full-width digits are understood. `whole` refuses decimals."""

    widget = TextInput()

    def __init__(self, label: str, *, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.whole = whole
        self.render_kw: dict[str, Any] = {"inputmode": "numeric" if whole else "decimal"}

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if isinstance(self.data, Decimal):
            return f"{self.data.normalize():f}"
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        value: int | Decimal | None = integer(text) if self.whole else number(text)
        if value is not None and abs(Decimal(value)) > 10**7:
            raise ValueError("數字太大，請檢查是否多打了幾位")
        self.data = value
