"""Encryption of sensitive columns, and the blind index that still finds an exact value.

One vault serves the process. The key is apart from the session secret: losing or changing the secret key loses no data.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class VaultLocked(RuntimeError):
    """A sensitive column was touched before a data key was installed."""


class Vault:
    """Encrypts with the first key, decrypts with any of them (so that a key can be rotated)."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys`: one or more secrets of at least 32 bytes, the newest first."""
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("資料金鑰至少須 32 位元組")
        self.keys = tuple(keys)
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"encrypt"))) for key in keys])
        self._index_key = _derive(keys[-1], b"index")

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        return self._fernet.decrypt(token.encode()).decode()

    def index(self, text: str) -> str:
        """A keyed digest (64 hex digits): equal texts give equal digests, and nothing can be read back from one."""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).hexdigest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portfolio:" + purpose).derive(key)


_installed: Vault | None = None


def install(new: Vault) -> None:
    """Make `new` the vault of this process."""
    global _installed
    _installed = new


def vault() -> Vault:
    """The installed vault."""
    if _installed is None:
        raise VaultLocked("尚未設定資料金鑰")
    return _installed
