"""What stops a backup or a restore, as a sentence for whoever asked."""

from __future__ import annotations


class KeepingError(RuntimeError):
    """It cannot be done; the message says why and what to do. Nothing was left that looks complete."""


class Damaged(KeepingError):
    """A backup is not what it says it is."""
