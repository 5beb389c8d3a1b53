"""匯入: choose a file, say what its columns mean, see what it would do, import it, take it back.

`start` the list and the upload · `columns` what each heading means · `batch` progress, check, result · `carrying` import, undo,
discard · `reading` who may open a batch, and what pages say of it.
"""

from __future__ import annotations

from views.imports import batch, carrying, columns, start
from views.imports.reading import blueprint

__all__ = ["batch", "blueprint", "carrying", "columns", "start"]
