"""Any S3-compatible store, by URL: `s3://key:secret@host:port/bucket/prefix?region=…&tls=0`.

A body is hashed into a temporary file of this machine first; the store's own answer to the upload is its promise to keep it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from admin_app.storage.incoming import Incoming, StoreBroken
from admin_app.storage.local import LocalStore
from admin_app.storage.points import reach
from admin_app.storage.store import Found

_NAME = re.compile(r"[0-9a-f]{64}")
PART_SIZE = 1024 * 1024


class ObjectStore:
    """Contents as objects named `ab/<sha256>`; temporary files in `staging`."""

    def __init__(self, url: str, staging: Path) -> None:
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        bucket, _, prefix = parts.path.strip("/").partition("/")
        if not (parts.hostname and parts.username and parts.password and bucket):
            raise ValueError("儲存位置須像 s3://帳號:密鑰@主機:9000/儲存桶/前綴 。")
        plain = asked.get("tls") == "0"
        place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        self.name = f"s3://{place}/{bucket}/{prefix}"
        options: Any = {"allow_http": True} if plain else {}
        self._objects = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=f"{'http' if plain else 'https'}://{place}",
            access_key_id=unquote(parts.username),
            secret_access_key=unquote(parts.password),
            region=asked.get("region", "us-east-1"),
            virtual_hosted_style_request=False,
            client_options=options,
            retry_config=cast(Any, {"max_retries": 3}),
        )
        self._staging = LocalStore(staging)

    def __str__(self) -> str:
        return self.name

    def incoming(self, most: int | None = None) -> Incoming:
        return self._staging.incoming(most)

    def keep(self, arrival: Incoming, prefix: str = "") -> None:
        if arrival.trouble is not None:
            raise arrival.trouble
        arrival.seek(0)
        reach(f"{prefix}synced")
        try:
            obstore.put(self._objects, _key(arrival.sha256), arrival.path, use_multipart=False)
            stored = obstore.head(self._objects, _key(arrival.sha256))
        except (BaseError, OSError) as error:
            raise ConnectionError(f"{type(error).__name__}") from None
        if stored["size"] != arrival.size:
            raise StoreBroken("the object store kept another size")
        reach(f"{prefix}renamed")

    def open(self, sha256: str) -> BinaryIO:
        try:
            return cast(BinaryIO, io.BufferedReader(_Reading(self._objects, _key(sha256)), PART_SIZE))
        except (FileNotFoundError, BaseError) as error:
            raise _as_os_error(error) from None

    def has(self, sha256: str) -> bool:
        try:
            obstore.head(self._objects, _key(sha256))
        except FileNotFoundError:
            return False
        return True

    def remove(self, sha256: str) -> None:
        if self.has(sha256):
            obstore.delete(self._objects, _key(sha256))

    def found(self) -> Iterator[Found]:
        listed = (each for batch in obstore.list(self._objects) for each in batch)
        for each in sorted(listed, key=lambda each: each["path"]):
            name = each["path"].rpartition("/")[2]
            if _NAME.fullmatch(name):
                yield Found(name, each["size"], each["last_modified"].timestamp())

    def sweep_arrivals(self, before: float) -> int:
        return self._staging.sweep_arrivals(before)

    def write(self, name: str, content: bytes) -> None:
        """Keep something that is no student's file, e.g. a copy of the manifest."""
        obstore.put(self._objects, name, content, use_multipart=False)


class _Reading(io.RawIOBase):
    """An object as a file that can be sought in; each read asks for its own range."""

    def __init__(self, objects: S3Store, key: str) -> None:
        super().__init__()
        self._objects, self._key, self._at = objects, key, 0
        self._size = obstore.head(objects, key)["size"]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = max(0, min(len(buffer), self._size - self._at))
        if length:
            part = bytes(obstore.get_range(self._objects, self._key, start=self._at, length=length))
            buffer[: len(part)] = part
            self._at += len(part)
            return len(part)
        return 0


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _as_os_error(error: Exception) -> OSError:
    return error if isinstance(error, OSError) else ConnectionError(type(error).__name__)
