"""備份與還原, and the 資安事件 log: for those who manage the platform, and for whoever the edition lets read about it."""

from __future__ import annotations

from views.keeping import backups, incidents

KEEPING_PAGES = (backups.blueprint, incidents.blueprint)
"""Blueprints the factory registers."""
