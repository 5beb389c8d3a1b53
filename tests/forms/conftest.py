"""The school and its people as the permission tests know them."""

from tests.permissions.conftest import client_for, place

__all__ = ["client_for", "place"]
