"""What a restore point says of itself: `manifest.json`, and beside it that file's SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from admin_app.services.keeping.problem import Damaged

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.json.sha256"
FILES = "files.csv"
FILES_HEADER = "sha256,bytes"


@dataclass(frozen=True)
class Part:
    """One file of a restore point."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """A restore point. `tables`: rows by table. `classes`: by class, rows about its students by table. `key_ids`: the data keys
    that read it, by name only."""

    format: int
    school: str
    taken_at: str
    engine: str
    revision: str
    key_ids: list[str]
    database: Part
    file_list: Part
    files: int
    file_bytes: int
    tables: Mapping[str, int]
    classes: Mapping[str, Mapping[str, int]]

    def written(self) -> bytes:
        """As the file holds it."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_contents(data: bytes, told: bytes, name: str) -> Contents:
    """The restore point `name` from its two files; `Damaged` if they do not agree."""
    if hashlib.sha256(data).hexdigest() != told.decode("ascii", "replace").split(" ")[0].strip():
        raise Damaged(f"還原點 {name} 的清單（{MANIFEST}）與它的 SHA-256 不符，不可用來還原。")
    values: dict[str, Any] = json.loads(data)
    if values.get("format") != FORMAT:
        raise Damaged(f"還原點 {name} 是另一版程式寫的（格式 {values.get('format')}），請用寫它的那一版程式還原。")
    parts = {each: Part(**values[each]) for each in ("database", "file_list")}
    return Contents(**{**values, **parts})


def sum_line(data: bytes) -> bytes:
    """The line `sha256sum -c` understands."""
    return f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode()


def file_lines(files: Iterable[tuple[str, int]]) -> bytes:
    """The list of evidence files: digest and size, in order."""
    lines = (f"{sha256},{size}" for sha256, size in files)
    return ("\n".join([FILES_HEADER, *lines]) + "\n").encode()


def read_file_lines(data: bytes) -> list[tuple[str, int]]:
    """(digest, size) of every evidence file a restore point lists."""
    header, *lines = data.decode("ascii").splitlines()
    if header != FILES_HEADER:
        raise Damaged(f"{FILES} 的標題列無法辨識。")
    return [(sha256, int(size)) for sha256, size in (line.split(",") for line in lines)]
