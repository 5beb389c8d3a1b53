"""The demo school behind the application, with people of its own for each test of account life."""

from __future__ import annotations

from tests.permissions.conftest import client_for, place

__all__ = ["client_for", "place"]
