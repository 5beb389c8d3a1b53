"""Who passkeys belong to: the address people type. A browser accepts none for a bare number such as 127.0.0.1."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request
from werkzeug.exceptions import Conflict

from admin_app import identity
from admin_app.services.factors.passkeys import RelyingParty

NO_PARTY = "這個網址不能使用通行密鑰：請以網域名稱開啟本系統（設定 PORTFOLIO_BASE_URL），不要用數字位址。"


def party() -> RelyingParty | None:
    """The relying party, from `PORTFOLIO_BASE_URL`; in the demo from the address the browser used. None where there can be none."""
    base = identity.settings().base_url or (request.host_url if current_app.config["DEMO"] else "")
    parts = urlsplit(base)
    if not parts.hostname or _is_number(parts.hostname):
        return None
    return RelyingParty(parts.hostname, f"{parts.scheme}://{parts.netloc}", "學生學習歷程檔案")


def required_party() -> RelyingParty:
    """The relying party; 409 with a sentence where there can be none."""
    found = party()
    if found is None:
        raise Conflict(NO_PARTY)
    return found


def options(text: str) -> Any:
    """Options for the browser's passkey calls."""
    return Response(text, content_type="application/json", headers={"Cache-Control": "no-store"})


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
