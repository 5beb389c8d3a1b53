"""Every grid there is: whatever declares itself a `DutyView` in this package. A new screen needs no registration."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import views
from views.base import DutyView
from views.menu import GROUPS


def all_views() -> list[DutyView]:
    """One instance of each grid, in the order of the menu."""
    for module in pkgutil.walk_packages(views.__path__, "views."):
        importlib.import_module(module.name)
    found = sorted(_concrete(DutyView), key=lambda view: GROUPS.index(view.category))
    return [view() for view in found]


def _concrete(base: type[DutyView]) -> Iterator[type[DutyView]]:
    for view in base.__subclasses__():
        if "model" in vars(view):
            yield view
        yield from _concrete(view)
