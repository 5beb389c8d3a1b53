"""Codes a person reads out over the phone: two groups of four, without signs easily taken for others (0OQ, 1IL, 2Z, 5S, 8B, UV)."""

from __future__ import annotations

import secrets

SIGNS = "34679ACDEFGHJKMNPRTWXY"
GROUP = 4


def new_code() -> str:
    """A new code, e.g. `K7MW-3XCA`: one of 55 thousand million."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(2 * GROUP))
    return f"{signs[:GROUP]}-{signs[GROUP:]}"


def read_code(text: str) -> str:
    """A code as somebody wrote it down: small letters, spaces, a missing hyphen do not matter. Other text comes back as it was."""
    signs = "".join(text.upper().replace("-", " ").replace("－", " ").split())
    known = len(signs) == 2 * GROUP and set(signs) <= set(SIGNS)
    return f"{signs[:GROUP]}-{signs[GROUP:]}" if known else text.strip()
