"""A small OpenID provider on a thread of its own: discovery, keys, authorize, token. It can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CLIENT, SECRET = "portfolio", "a-client-secret"


@dataclass
class OpenIdProvider:
    """`person` are the claims of whoever sits at the browser; `changes` spoil the ID token, `metadata` the discovery document."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    alg: str = "RS256"
    down: bool = False
    redirects: str = ""
    asked: list[str] = field(default_factory=list)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def reset(self) -> None:
        """Behave again."""
        self.person, self.changes, self.metadata, self.alg, self.down, self.redirects = {}, {}, {}, "RS256", False, ""
        self.asked.clear()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        answers = {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": lambda request: self._json(KeySet([self.key]).as_dict(private=False)),
            "/authorize": self._authorize,
            "/token": self._token,
        }
        if self.down:
            return Response("out of order", 503)(environ, start_response)
        return answers[request.path](request)(environ, start_response)

    def _discovery(self, request: Request) -> Response:
        if self.redirects:
            return Response(status=302, headers={"Location": self.redirects})
        return self._json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
                **self.metadata,
            }
        )

    def _authorize(self, request: Request) -> Response:
        asked = request.args
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = {"challenge": asked["code_challenge"], "nonce": asked["nonce"], "return_to": asked["redirect_uri"]}
        back = urlencode({"code": code, "state": asked["state"]})
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    def _token(self, request: Request) -> Response:
        said = {key: values[0] for key, values in parse_qs(request.get_data(as_text=True)).items()}
        kept = self._codes.pop(said.get("code", ""), None)
        user, _, password = base64.b64decode(request.headers.get("Authorization", " ").split(" ")[1]).decode().partition(":")
        verifier = base64.urlsafe_b64encode(hashlib.sha256(said.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        fits = kept and kept["challenge"] == verifier and kept["return_to"] == said["redirect_uri"]
        if not kept or not fits or (user, password) != (CLIENT, SECRET):
            return self._json({"error": "invalid_grant"}, 400)
        return self._json({"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "id_token": self._id_token(kept)})

    def _id_token(self, kept: dict[str, str]) -> str:
        now = int(time.time())
        times = {"iat": now, "exp": now + 300}
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": kept["nonce"], **times, **self.person, **self.changes}
        claims = {key: value for key, value in claims.items() if value is not None}
        if self.alg == "none":
            parts = [json.dumps({"alg": "none"}), json.dumps(claims)]
            return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."
        return jwt.encode({"alg": self.alg, "kid": "one"}, claims, self.key)

    def _json(self, body: Any, status: int = 200) -> Response:
        return Response(json.dumps(body), status, content_type="application/json")


@contextmanager
def running_provider() -> Iterator[OpenIdProvider]:
    """A provider that answers on this machine."""
    provider = OpenIdProvider()
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
