"""A security key in software: what a phone's authenticator does, so that services can be tested without a browser."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

UP, UV, AT = 0x01, 0x04, 0x40


@dataclass
class Device:
    """Holds one key pair. `count` rises with each use; `checks_the_person` is the fingerprint."""

    origin: str
    host: str
    count: int = 0
    counts: bool = True
    checks_the_person: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str, **changes: Any) -> str:
        """The answer of `navigator.credentials.create()`."""
        client = self._client("webauthn.create", options, changes)
        data = self._data(AT) + bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self._public()
        response = {"attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}), "clientDataJSON": client}
        return self._answer(response, {"transports": ["internal"]})

    def get(self, options: str, **changes: Any) -> str:
        """The answer of `navigator.credentials.get()`."""
        if self.counts:
            self.count += 1
        client, data = self._client("webauthn.get", options, changes), self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"authenticatorData": data, "clientDataJSON": client, "signature": signature}, {})

    def _client(self, kind: str, options: str, changes: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin, **changes}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        checked = UV if self.checks_the_person else 0
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags | UP | checked]) + self.count.to_bytes(4, "big")

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _answer(self, response: dict[str, bytes], more: dict[str, Any]) -> str:
        identity = bytes_to_base64url(self.credential_id)
        said = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": {**said, **more}})
