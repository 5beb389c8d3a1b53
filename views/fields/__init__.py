"""Form fields this school needs beyond WTForms' own: people picked by typing, ROC dates, terms, coded values, tolerant numbers."""

from views.fields.choices import CodeField, TermField, WordsField
from views.fields.dates import RocDateField, RocDateTimeField, TimeField
from views.fields.picking import PickField, PickManyField
from views.fields.text import AtMost, BriefField, NumberField, TidyField

__all__ = [
    "AtMost",
    "BriefField",
    "CodeField",
    "NumberField",
    "PickField",
    "PickManyField",
    "RocDateField",
    "RocDateTimeField",
    "TermField",
    "TidyField",
    "TimeField",
    "WordsField",
]
