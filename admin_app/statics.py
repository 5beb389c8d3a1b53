"""Our own files: style sheets, scripts, icons. Served from memory under an address that changes whenever any of them does.

`url_for("static", filename="app.css")` gives `/static/<digest>/app.css`, which browsers keep for a year and never ask about again;
scripts import each other by relative address and so stay within one digest. Any other address of a file answers the same bytes,
to be asked about each time: a page opened before an update still finds what it needs.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.exceptions import NotFound

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
IN_EVERY_PAGE = ("vendor/tabler.min.css", "vendor/tom-select.bootstrap5.min.css", "app.css", "grid.css")
"""Style sheets that `layout.html` names."""
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^;"']*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)
PACKED_BEFORE = ("image/png", "image/jpeg", "image/webp", "font/woff2")


@dataclass(frozen=True)
class File:
    """One file's bytes, and the same made small once."""

    body: bytes
    kind: str

    @cached_property
    def packed(self) -> bytes:
        """Compressed; the body itself where that makes it no smaller."""
        small = self.body if self.kind in PACKED_BEFORE else gzip.compress(self.body, 9, mtime=0)
        return min(small, self.body, key=len)

    @cached_property
    def mark(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:20]


@dataclass(frozen=True)
class Shelf:
    """Every file by its path under the folder."""

    files: dict[str, File]

    @cached_property
    def digest(self) -> str:
        """Changes when any file does."""
        total = hashlib.sha256()
        for name, file in sorted(self.files.items()):
            total.update(f"{name}\0{file.mark}\0".encode())
        return total.hexdigest()[:12]

    def find(self, path: str) -> tuple[File, bool] | None:
        """The file at an address below `/static/`, and whether the address is the one that may be kept for ever."""
        first, _, rest = path.partition("/")
        if first == self.digest and rest in self.files:
            return self.files[rest], True
        file = self.files.get(path) or self.files.get(rest)
        return (file, False) if file else None

    def modules(self, *entries: str) -> list[str]:
        """These scripts and all that they import, each once."""
        waiting, seen = list(entries), dict[str, None]()
        while waiting:
            name = waiting.pop(0)
            if name not in seen and name in self.files:
                seen[name] = None
                waiting.extend(self._imports(name))
        return list(seen)

    def _imports(self, name: str) -> Iterator[str]:
        place = Path("/" + name).parent
        for address in IMPORT.findall(self.files[name].body.decode()):
            yield str((place / address).resolve()).removeprefix("/")


@cache
def shelf(folder: Path = FOLDER) -> Shelf:
    """Read once for each process: what is served never differs from the digest in its address."""
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return Shelf({name: File(path.read_bytes(), _kind(name)) for name, path in files.items()})


def _kind(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


class Sessions(SecureCookieSessionInterface):
    """A file is the same whoever asks: marked as depending on the cookie, browsers would ask again after every sign-in."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Answer `/static/…` of `app`, which was made without a static folder."""
    app.session_interface = Sessions()
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=answer)
    app.url_defaults(_add_digest)
    app.add_template_global(module_addresses, "modules")
    app.add_template_global(later_addresses, "later")


def answer(filename: str) -> Response:
    """One file, compressed where the browser takes it."""
    found = shelf().find(filename)
    if found is None:
        raise NotFound
    file, may_be_kept = found
    packs = file.packed is not file.body and request.accept_encodings.quality("gzip") > 0
    response = Response(file.packed if packs else file.body, mimetype=file.kind)
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOR_EVER if may_be_kept else ASK_EACH_TIME
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{file.mark}{'-gzip' if packs else ''}")
    response.make_conditional(request)
    return response


def module_addresses(*entries: str) -> list[str]:
    """The addresses of these scripts and of all that they import, to be fetched at once instead of one after the other."""
    return [url_for("static", filename=name) for name in _modules(*entries)]


def later_addresses(*already: str) -> list[str]:
    """The addresses of style sheets and scripts that some pages use; the frame of every page and `already` do without them."""
    return [url_for("static", filename=name) for name in _later() if name not in already]


@cache
def _later() -> list[str]:
    ours = {*shelf().modules("js/main.js"), *IN_EVERY_PAGE}
    return [name for name in shelf().files if name.endswith((".css", ".js", "icons.svg")) and name not in ours]


@cache
def _modules(*entries: str) -> list[str]:
    return shelf().modules(*entries)


def _add_digest(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values["filename"] = f"{shelf().digest}/{values['filename']}"
