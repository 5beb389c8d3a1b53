"""The places of the write order at which a process may die. Tests stop it at each of them; in service nothing happens there."""

from __future__ import annotations

from collections.abc import Callable

POINTS = (
    "arriving",
    "arrived",
    "checked",
    "shown_synced",
    "shown_renamed",
    "synced",
    "renamed",
    "folder_synced",
    "turn_taken",
    "file_row",
    "manifest_row",
    "flushed",
    "committed",
    "answering",
)
"""In order: from the first bytes of a body to the answer that carries the receipt."""

_watchers: list[Callable[[str], None]] = []


def reach(point: str) -> None:
    """Tell whoever watches that this point is reached."""
    for watcher in _watchers:
        watcher(point)


def watch(watcher: Callable[[str], None]) -> None:
    """Be told of every point from now on."""
    _watchers.append(watcher)
