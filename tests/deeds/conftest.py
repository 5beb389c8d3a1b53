"""The school of the permission tests, for bulk deeds and the editing of single cells."""

from tests.permissions.conftest import client_for, place

__all__ = ["client_for", "place"]
