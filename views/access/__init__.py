"""Signing in and out, one's own account, passwords and sign-ins, one-time links."""

from views.access import links, me, passwords, sign_in, sign_ins
from views.access.blueprint import blueprint

__all__ = ["blueprint", "links", "me", "passwords", "sign_in", "sign_ins"]
