"""The peers' environments: made by the bench from its own lock files, apart from the product's and from each other."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "peers"
PEERS = ("flask-admin", "django")


def environment(peer: str, folder: Path) -> Path:
    """The Python of a peer's environment, made when there is none or when its lock file changed."""
    home, lock = folder / peer, HERE / f"{peer}.lock"
    python, note = home / "bin" / "python", home / "made-from"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if note.exists() and note.read_text() == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", str(lock)]
    subprocess.run(install, check=True)
    note.write_text(wanted)
    return python
