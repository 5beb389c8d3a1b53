"""The sign-in service itself: where it is, what it is asked, and what of its answers is believed.

Authlib speaks the protocol (code flow, PKCE S256, nonce, signature and claims of the ID token). What is added here: requests go to
the issuer's hosts only, follow no redirect and wait a few seconds; and only public-key signatures are believed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError

from admin_app.oidc_settings import LOOPBACK, OidcSettings

log = logging.getLogger("portfolio")

WAIT = (3.05, 8.0)
"""Seconds to connect, and to answer."""
CLOCKS_DIFFER = 60
"""Seconds the provider's clock may be off."""
BELIEVED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures made with a key only the provider has. `none` and shared-secret ones are not among them."""


class ProviderDown(RuntimeError):
    """The sign-in service cannot be reached or answers nonsense."""


class BadAnswer(ValueError):
    """The sign-in service's answer cannot be believed."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says of the person who signed in."""

    issuer: str
    subject: str
    mail: str
    mail_verified: bool
    domain: str
    by_two_factors: bool


class Provider:
    """One sign-in service. Its addresses and keys are read when first needed and kept by the process."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._client = _client(settings)

    def start(self, return_to: str) -> dict[str, Any]:
        """Where to send the person (`url`), and what to remember until they come back: `state`, `nonce`, `code_verifier`."""
        try:
            self._discover()
            started: dict[str, Any] = self._client.create_authorization_url(return_to, prompt="select_account")
        except (requests.RequestException, AuthlibBaseError, ValueError, RuntimeError, TypeError, AttributeError) as error:
            raise self._down(error) from error
        return started

    def finish(self, code: str, *, return_to: str, remembered: dict[str, Any]) -> Claims:
        """Exchange the code, check the ID token, and say who it is."""
        try:
            self._discover()
            token = self._client.fetch_access_token(
                redirect_uri=return_to, code=code, code_verifier=remembered["code_verifier"], grant_type="authorization_code"
            )
            claims = self._client.parse_id_token(
                token, nonce=remembered["nonce"], claims_options=self._expected(), leeway=CLOCKS_DIFFER
            )
        except requests.RequestException as error:
            raise self._down(error) from error
        except (AuthlibBaseError, JoseError, ValueError, RuntimeError, TypeError, KeyError) as error:
            log.warning("oidc answer refused: %s", type(error).__name__)
            raise BadAnswer("學校帳號服務的回應無法確認") from error
        if not claims or not claims.get("sub"):
            raise BadAnswer("學校帳號服務沒有說明登入者是誰")
        return _claims(claims, self.settings)

    def _discover(self) -> None:
        metadata = self._client.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self.settings.issuer.rstrip("/"):
            raise requests.exceptions.InvalidURL("學校帳號服務自稱的發行者與設定不同")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in BELIEVED] or ["RS256"]

    def _expected(self) -> dict[str, Any]:
        issuers = [self.settings.issuer, self._client.server_metadata["issuer"]]
        return {"iss": {"essential": True, "values": issuers}, "aud": {"essential": True, "value": self.settings.client_id}}

    def _down(self, error: Exception) -> ProviderDown:
        log.warning("oidc provider unreachable: %s", type(error).__name__)
        self._client = _client(self.settings)  # what was half learnt is forgotten
        return ProviderDown("學校帳號服務目前連不上")


class GuardedSession(OAuth2Session):
    """A client that speaks to the issuer's hosts only, over TLS (a provider on this machine excepted), and follows no redirect."""

    allowed_hosts: frozenset[str] = frozenset()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if parts.hostname not in self.allowed_hosts or not safe:
            raise requests.exceptions.InvalidURL("學校帳號服務指向未列於設定的主機")
        kwargs.update(allow_redirects=False, timeout=WAIT)
        answer = super().request(method, url, *args, **kwargs)
        if answer.is_redirect:
            raise requests.exceptions.TooManyRedirects("學校帳號服務要求轉到別處")
        return answer


def _client(settings: OidcSettings) -> Any:
    class Session(GuardedSession):
        allowed_hosts = settings.allowed_hosts

    class App(FlaskOAuth2App):
        client_cls = Session

    return App(
        FlaskIntegration("school"),
        name="school",
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        authorize_params={"hd": settings.domain} if settings.domain else None,
    )


def _claims(claims: Any, settings: OidcSettings) -> Claims:
    methods = claims.get("amr") if isinstance(claims.get("amr"), list) else []
    verified = claims.get("email_verified")
    return Claims(
        issuer=settings.issuer.rstrip("/"),
        subject=str(claims["sub"]),
        mail=str(claims.get("email") or "").strip().lower(),
        mail_verified=verified is True or verified == "true",
        domain=str(claims.get("hd") or "").lower(),
        by_two_factors=any(word in (*methods, claims.get("acr")) for word in settings.mfa_words),
    )
