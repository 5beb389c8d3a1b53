"""The one blueprint of everything about signing in: its endpoints are named `access.…`."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("access", __name__)
