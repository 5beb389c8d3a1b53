"""Editions of the rule: loading a printed one, copying it to a draft, saying what differs, publishing, clearing a reading."""

from admin_app.services.editions.changes import Difference, RowChange, difference, grants_in_words, permission_changes
from admin_app.services.editions.drafts import CannotCopy, copy_to_draft
from admin_app.services.editions.law import CannotPublish, applies_from, flaws, publish, stamp_started
from admin_app.services.editions.loading import load_edition
from admin_app.services.editions.readings import CannotClear, clear_reading

__all__ = [
    "CannotClear",
    "CannotCopy",
    "CannotPublish",
    "Difference",
    "RowChange",
    "applies_from",
    "clear_reading",
    "copy_to_draft",
    "difference",
    "flaws",
    "grants_in_words",
    "load_edition",
    "permission_changes",
    "publish",
    "stamp_started",
]
