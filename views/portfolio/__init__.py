"""The student's own pages: what there is, what is left, files and their receipts, sending, selecting."""

from views.portfolio import achievements, forms, index, pieces, receipts, selecting, statements, steps
from views.portfolio.blueprint import blueprint
from views.portfolio.receipts import public

__all__ = ["achievements", "blueprint", "forms", "index", "pieces", "public", "receipts", "selecting", "statements", "steps"]
