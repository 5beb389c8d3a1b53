"""The audit trail kept, proved and read: replaying, sealing, verifying, expiring and exporting events. See docs/audit.md."""

from __future__ import annotations

from admin_app.services.audit.checking import latest, summary
from admin_app.services.audit.replaying import changes_of, replay, restore_value, restored

__all__ = ["changes_of", "latest", "replay", "restore_value", "restored", "summary"]
