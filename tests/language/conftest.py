"""The demo school and browsers in it, as the permission tests have them."""

from __future__ import annotations

from tests.permissions.conftest import client_for, place

__all__ = ["client_for", "place"]
