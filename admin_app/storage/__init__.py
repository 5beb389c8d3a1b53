"""Where files are kept: this machine's disk, or any S3-compatible store, by URL; and a second place that keeps copies.

A process says once which stores belong to a database (`install`); whoever has a session finds them by it (`of`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.database import normal_url
from admin_app.storage.incoming import DiskFull, Incoming, StoreBroken, TooLarge
from admin_app.storage.local import LocalStore
from admin_app.storage.objects import ObjectStore
from admin_app.storage.store import Found, Store

__all__ = ["DiskFull", "Found", "Incoming", "LocalStore", "ObjectStore", "Store", "StoreBroken", "Stores", "TooLarge", "of"]


@dataclass(frozen=True)
class Stores:
    """The stores of one system. `previews` holds drawings that can be made again at any time; `clamd` the scanner's address."""

    files: Store
    previews: Path
    copies: Store | None = None
    clamd: str = ""


_installed: dict[str, Stores] = {}


def install(database_url: str, stores: Stores) -> Stores:
    """Say which stores belong to a database."""
    _installed[database_url] = stores
    return stores


def install_for(settings: Settings) -> Stores:
    """Open and install the stores that the settings name."""
    return install(make_url(normal_url(settings.database_url)).render_as_string(hide_password=False), open_stores(settings))


def open_stores(settings: Settings) -> Stores:
    """The stores that the settings name."""
    folder = settings.data_dir
    return Stores(
        files=open_store(settings.store_url or str(folder / "evidence"), folder / "incoming"),
        previews=folder / "previews",
        copies=open_store(settings.copy_url, folder / "incoming") if settings.copy_url else None,
        clamd=settings.clamd,
    )


def of(session: Session) -> Stores:
    """The stores of the session's database."""
    return _installed[_address(session)]


def of_or_open(session: Session, settings: Settings) -> Stores:
    """The same, for a process that has not said yet which they are."""
    return _installed.get(_address(session)) or install(_address(session), open_stores(settings))


def _address(session: Session) -> str:
    return session.get_bind().engine.url.render_as_string(hide_password=False)


def open_store(url: str, staging: Path) -> Store:
    """A folder (a path or `file:///…`), or `s3://key:secret@host:port/bucket/prefix`."""
    if url.startswith("s3://"):
        return ObjectStore(url, staging)
    return LocalStore(Path(url.removeprefix("file://")))
