"""Settings of the school's own sign-in service (OpenID Connect): `PORTFOLIO_OIDC_*`. Without an issuer there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ALSO_THEIRS = {"accounts.google.com": ("oauth2.googleapis.com", "www.googleapis.com", "openidconnect.googleapis.com")}
"""Issuers whose token and key addresses are on other hosts of theirs."""


class OidcMisconfigured(ValueError):
    """A setting is missing or cannot be used; the message says what to set."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """What the school entered at its sign-in service, and what it expects of it."""

    issuer: str
    client_id: str
    client_secret: str
    name: str = "學校帳號"
    domain: str = ""
    hosts: tuple[str, ...] = ()
    mfa_words: tuple[str, ...] = ()
    """What the provider's `amr` or `acr` must say for its own second factor to count; empty: it never counts."""

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The only hosts the server asks."""
        own = urlsplit(self.issuer).hostname or ""
        return frozenset({own, *ALSO_THEIRS.get(own, ()), *self.hosts})


def read_oidc(environ: Mapping[str, str]) -> OidcSettings | None:
    """The provider the environment names, or None."""
    issuer = environ.get("PORTFOLIO_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise OidcMisconfigured("PORTFOLIO_OIDC_ISSUER 須為 https:// 開頭的網址，例如 https://accounts.google.com。")
    client_id, client_secret = (environ.get(f"PORTFOLIO_OIDC_CLIENT_{part}", "").strip() for part in ("ID", "SECRET"))
    if not client_id or not client_secret:
        raise OidcMisconfigured("設了 PORTFOLIO_OIDC_ISSUER 就須一併設 PORTFOLIO_OIDC_CLIENT_ID 與 PORTFOLIO_OIDC_CLIENT_SECRET。")
    return OidcSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        name=environ.get("PORTFOLIO_OIDC_NAME", "").strip() or "學校帳號",
        domain=environ.get("PORTFOLIO_OIDC_DOMAIN", "").strip().lower().removeprefix("@"),
        hosts=tuple(environ.get("PORTFOLIO_OIDC_HOSTS", "").replace(",", " ").split()),
        mfa_words=tuple(environ.get("PORTFOLIO_OIDC_MFA", "").replace(",", " ").split()),
    )
