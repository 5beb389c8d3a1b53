"""The blueprint its pages hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("factors", __name__)
