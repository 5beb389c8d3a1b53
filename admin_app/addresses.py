"""Full addresses of our pages, for what leaves the browser: letters, printed slips, other sites."""

from __future__ import annotations

from typing import Any

from flask import url_for

from admin_app import identity


def full_address(endpoint: str, **values: Any) -> str:
    """By the name the school has set (`PORTFOLIO_BASE_URL`), else by the name this request came to."""
    base = identity.settings().base_url
    return base + url_for(endpoint, **values) if base else url_for(endpoint, _external=True, **values)
