"""Who comes in: the two questions every page of this part asks."""

from __future__ import annotations

from typing import Any

from admin_app import audit, identity
from admin_app.extensions import db
from admin_app.policy import Verdict, require
from admin_app.services.keeping import people


def reads() -> Verdict:
    """Anybody else is refused with the reason."""
    return require(people.reader(identity.actor()))


def manages() -> Verdict:
    """For what changes something: by which row of the edition is noted for the events."""
    verdict = require(people.manager(identity.actor()))
    audit.acting(db.session, verdict)
    return verdict


def may_manage() -> bool:
    """Whether the page offers the deeds."""
    return bool(people.manager(identity.actor()))


def page_size(figure: int | None) -> str:
    """Bytes as people say them."""
    size: Any = float(figure or 0)
    for unit in ("位元組", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:,.0f} {unit}" if unit in ("位元組", "KB") else f"{size:,.1f} {unit}"
        size /= 1024
    return ""
