"""The data keys in a sealed archive of their own: without it a backup cannot be read, and it is never kept beside one."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from admin_app.services.keeping.folder import write
from admin_app.services.keeping.problem import KeepingError
from models.vault import key_id

SHORTEST = 12
WHAT = "portfolio data keys 1"
COST = 2**15
NOT_OPENED = "金鑰封存檔打不開：密語不對，或檔案已損壞。"


def seal_keys(path: Path, keys: Sequence[bytes], passphrase: str, backups: Path | None = None) -> list[str]:
    """Write the keys, sealed by `passphrase`, to a new file; the names of the keys. It is opened again before it counts."""
    if len(passphrase) < SHORTEST:
        raise KeepingError(f"密語至少須 {SHORTEST} 個字元；建議用四個以上不相干的詞。")
    if backups is not None and path.resolve().is_relative_to(backups.resolve()):
        raise KeepingError("金鑰不可和備份放在同一個地方：撿到備份的人就讀得到全部身分證號。請寫到另一個媒體。")
    if path.exists():
        raise KeepingError(f"{path} 已經存在，沒有覆寫。請另取檔名。")
    draft = path.with_name(f".{path.name}.new")
    write(draft, [_sealed(keys, passphrase)])
    if open_keys(draft, passphrase) != list(keys):
        raise KeepingError("寫完再讀時內容不符，沒有留下封存檔，請換一個媒體再試。")
    draft.rename(path)
    return [key_id(each) for each in keys]


def open_keys(path: Path, passphrase: str) -> list[bytes]:
    """The keys of a sealed archive, the newest first."""
    try:
        told = json.loads(path.read_bytes())
        salt, nonce, sealed = (base64.b64decode(told[name]) for name in ("salt", "nonce", "sealed"))
        text = AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, WHAT.encode())
    except FileNotFoundError:
        raise KeepingError(f"找不到金鑰封存檔 {path}。") from None
    except (OSError, ValueError, KeyError, TypeError, InvalidTag):
        raise KeepingError(NOT_OPENED) from None
    return [each.encode() for each in json.loads(text)]


def _sealed(keys: Sequence[bytes], passphrase: str) -> bytes:
    salt, nonce = os.urandom(16), os.urandom(12)
    text = json.dumps([each.decode() for each in keys]).encode()
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, text, WHAT.encode())
    coded = {name: base64.b64encode(value).decode() for name, value in (("salt", salt), ("nonce", nonce), ("sealed", sealed))}
    told = {
        "what": WHAT,
        "keys": [key_id(each) for each in keys],
        "kdf": f"scrypt n={COST} r=8 p=1",
        "cipher": "AES-256-GCM",
        **coded,
    }
    return (json.dumps(told, indent=1) + "\n").encode()


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode())
