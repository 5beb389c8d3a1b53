"""The one place where Flask-Admin meets the policy. Every grid is a `DutyView`; a screen only declares.

All of Flask-Admin's endpoints are answered here: list, details, create, edit, delete, bulk action, lookup, export. Each selects
rows through the policy, and writing is judged twice: the row as it was and the row as it becomes. Flask-Admin's inline edit does
not exist; a cell is edited at an address of its own (`cells`).

`screen` (what is declared) ← `options` (of filters) ← `listing` ← `choosing` (the rows of a bulk deed) ← `bulk` ← `filling` (a
form into a row) ← `adding` (many in a row) ← `forms` (the form's page) ← `revealing` ← `conflicts` ← `records` ← `history` ←
`trash` ← `files` ← `changing` (one field of many rows) ← `retaking` (undo) ← `cells`.
"""

from __future__ import annotations

from views.base.cells import Cells
from views.base.screen import ROSTER, TODAY, Mark, Screen

__all__ = ["ROSTER", "TODAY", "DutyView", "Mark", "Screen"]


class DutyView(Cells):
    """A grid over one model. The model's subject and write act say which rows of the edition decide."""
