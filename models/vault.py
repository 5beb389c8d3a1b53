"""Encryption of sensitive columns and files, and the blind index that still finds an exact value.

One vault serves the process. The key is apart from the session secret: losing or changing the secret key loses no data. Every
purpose has a key of its own, derived from the data key. Everything is written with the newest key and read with any of them, so
that a key can be rotated while the system works; each token names the key it was made with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_KEY = 32


class VaultLocked(RuntimeError):
    """A sensitive value was touched without the data key it needs; the message names that key, never the value."""


class Vault:
    """Encrypts with the first key, decrypts with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys`: one or more secrets of at least 32 bytes, the newest first."""
        if not keys or any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"資料金鑰至少須 {SHORTEST_KEY} 位元組")
        self.keys = tuple(keys)
        self.newest = key_id(keys[0])
        self._fernets = {key_id(key): Fernet(base64.urlsafe_b64encode(derive(key, "encrypt"))) for key in keys}
        self._any = MultiFernet(list(self._fernets.values()))
        self._index_keys = [derive(key, "index") for key in keys]
        self._seals = [AESSIV(derive(key, "seal")) for key in keys]

    def encrypt(self, text: str) -> str:
        """A token `<key>:<ciphertext>`."""
        return f"{self.newest}:{self._fernets[self.newest].encrypt(text.encode()).decode()}"

    def decrypt(self, token: str) -> str:
        """What a token holds. One without a key's name is older than the names and is tried with every key."""
        name, _, sealed = token.rpartition(":")
        return self._open(name, sealed.encode()).decode()

    def encrypt_bytes(self, data: bytes) -> bytes:
        """The content of a file, as `encrypt` does a text."""
        return self.newest.encode() + b":" + self._fernets[self.newest].encrypt(data)

    def decrypt_bytes(self, token: bytes) -> bytes:
        """The content of a file `encrypt_bytes` made."""
        name, _, sealed = token.rpartition(b":")
        return self._open(name.decode("ascii", "replace"), sealed)

    def is_newest(self, token: str) -> bool:
        """Whether the token was made with the newest key."""
        return token.startswith(f"{self.newest}:")

    def index(self, text: str) -> str:
        """A keyed digest (64 hex digits): equal texts give equal digests, and nothing can be read back from one."""
        return self.indexes(text)[0]

    def indexes(self, text: str) -> list[str]:
        """The digest by each key, the newest first: while keys are rotated a stored one may be of any of them."""
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in self._index_keys]

    def seal(self, text: str, purpose: str) -> str:
        """A short token for an address: encrypted, good for this purpose only, and the same for the same text."""
        sealed = self._seals[0].encrypt(text.encode(), [purpose.encode()])
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def unseal(self, token: str, purpose: str) -> str:
        """What `seal` was given; raises VaultLocked for anything else."""
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise VaultLocked("這個網址不是本系統給的") from None
        for each in self._seals:
            try:
                return each.decrypt(sealed, [purpose.encode()]).decode()
            except InvalidTag:
                continue
        raise VaultLocked("這個網址不是本系統給的")

    def _open(self, name: str, sealed: bytes) -> bytes:
        fernet = self._fernets.get(name) if name else self._any
        if fernet is None:
            raise VaultLocked(f"這筆資料以資料金鑰 {name[:8]} 加密，目前沒有設定這把金鑰")
        try:
            return fernet.decrypt(sealed)
        except InvalidToken:
            raise VaultLocked("這筆資料無法以目前的資料金鑰讀出") from None


def derive(key: bytes, purpose: str) -> bytes:
    """The 32-byte key for one purpose (encrypt, index, name, check …): one of them tells nothing about another."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portfolio:" + purpose.encode()).derive(key)


def key_id(key: bytes) -> str:
    """A key's short name (8 hex digits), which may be printed and says nothing of the key."""
    return derive(key, "name")[:4].hex()


def check_value(key: bytes) -> str:
    """What the database keeps to recognise a key by (64 hex digits)."""
    return derive(key, "check").hex()


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
