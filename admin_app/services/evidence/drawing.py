"""Previews: the first page of a PDF and smaller pictures, drawn by a process of their own with little memory and little time.

What a student sent is drawn where it can do no harm; the drawing is kept beside the store and can be made again at any time. This
file is also the program that draws (`python drawing.py pdf|jpg|png < file > picture`); it imports nothing of ours then.
"""

from __future__ import annotations

import io
import os
import resource
import secrets
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from admin_app.storage import Stores
    from models.evidence import StoredFile

LONG_SIDE = 1600
MOST_MEMORY = 1024**3
MOST_SECONDS = 20
QUALITY = 82
_AT_ONCE = threading.Semaphore(2)


def preview(stores: Stores, stored: StoredFile) -> Path | None:
    """The drawing's file; None when it cannot be drawn. FileNotFoundError when the store lacks the content."""
    target = stores.previews / stored.sha256[:2] / f"{stored.sha256}.jpg"
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_suffix(f".{secrets.token_hex(4)}.part")
    try:
        with stores.files.open(stored.sha256) as source, draft.open("wb") as drawn, _AT_ONCE:
            if not _drawn(stored.kind.name, source.read(), drawn):
                return None
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def _drawn(kind: str, content: bytes, drawn: io.BufferedWriter) -> bool:
    command = [sys.executable, "-I", __file__, kind]
    try:
        done = subprocess.run(command, input=content, stdout=drawn, stderr=subprocess.DEVNULL, timeout=MOST_SECONDS, check=False)  # noqa: S603
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.returncode == 0


def main(kind: str) -> None:
    """Draw what comes in on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    os.nice(5)
    content = sys.stdin.buffer.read()
    picture = _first_page(content) if kind == "pdf" else _smaller(content)
    picture.convert("RGB").save(sys.stdout.buffer, "JPEG", quality=QUALITY)


def _first_page(content: bytes) -> Image.Image:
    page = pypdfium2.PdfDocument(content)[0]
    scale = LONG_SIDE / max(1.0, *page.get_size())
    picture: Image.Image = page.render(scale=min(scale, 4.0)).to_pil()
    return picture


def _smaller(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
    picture.draft("RGB", (LONG_SIDE, LONG_SIDE))
    upright = ImageOps.exif_transpose(picture) or picture
    if upright.mode in ("RGBA", "LA", "P"):
        upright = _on_white(upright.convert("RGBA"))
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    return upright


def _on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    return white


if __name__ == "__main__":
    main(sys.argv[1])
