"""Settings: every `PORTFOLIO_*` variable the system reads, in one place."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class ConfigError(RuntimeError):
    """A setting is missing or cannot be used; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """What one running system is told from outside."""

    database_url: str
    secret_key: str
    data_dir: Path
    data_key: bytes
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    demo: bool = False
    demo_password: str = ""
    behind_tls: bool = True
    job_workers: int = 2
    job_beat: int = 5

    @property
    def job_dead_after(self) -> int:
        """Seconds without a heartbeat after which a job's runner is taken for dead."""
        return self.job_beat * 6

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings(environ: Mapping[str, str] = os.environ, *, demo: bool | None = None) -> Settings:
    """Settings from the environment. In the demo what is missing is made up and kept in the data directory."""
    demo = environ.get("PORTFOLIO_DEMO", "") in ("1", "true", "yes") if demo is None else demo
    data_dir = Path(environ.get("PORTFOLIO_DATA_DIR", "var")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    secret = environ.get("PORTFOLIO_SECRET_KEY") or (_kept(data_dir / "demo-secret.key") if demo else "")
    if len(secret) < 16:
        raise ConfigError("請設定環境變數 PORTFOLIO_SECRET_KEY（至少 16 個字元的隨機字串）；只有示範學校可以不設。")
    return Settings(
        database_url=environ.get("PORTFOLIO_DATABASE_URL") or f"sqlite:///{data_dir / 'portfolio.db'}",
        secret_key=secret,
        data_dir=data_dir,
        data_key=(environ.get("PORTFOLIO_DATA_KEY") or _kept(data_dir / "data.key")).encode(),
        host=environ.get("PORTFOLIO_HOST", "127.0.0.1"),
        port=_number(environ, "PORTFOLIO_PORT", 8000),
        workers=_number(environ, "PORTFOLIO_WORKERS", 2),
        demo=demo,
        demo_password=environ.get("PORTFOLIO_DEMO_PASSWORD", ""),
        behind_tls=environ.get("PORTFOLIO_INSECURE_COOKIES", "1" if demo else "") not in ("1", "true", "yes"),
        job_workers=_number(environ, "PORTFOLIO_JOB_WORKERS", 2),
        job_beat=_number(environ, "PORTFOLIO_JOB_BEAT", 5),
    )


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdigit():
        raise ConfigError(f"環境變數 {name} 須為整數，目前是「{text}」。")
    return int(text)


def _kept(path: Path) -> str:
    """A secret kept in a file only its owner reads; made on first use."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
