"""Settings: every `PORTFOLIO_*` variable the system reads, in one place."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from admin_app.oidc_settings import OidcMisconfigured, OidcSettings, read_oidc
from admin_app.services.passwords.hashing import USUAL, Cost
from admin_app.services.passwords.profiles import PROFILES, Profile
from models.second_factor import Required
from models.vault import SHORTEST_KEY

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEMO_PASSWORD = "longtan-demo-115"  # noqa: S105 - the demo prints it
FEWEST_MONTHS = 6
"""How long events are kept at least, whatever the school sets (資通系統防護基準: at least six months)."""
SHORTEST_MONTH = 28


class ConfigError(RuntimeError):
    """A setting is missing or cannot be used; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """What one running system is told from outside."""

    database_url: str
    secret_key: str
    data_dir: Path
    data_key: bytes
    """The newest data key; empty when there is none yet."""
    old_data_keys: tuple[bytes, ...] = ()
    data_key_file: Path | None = None
    """Where the data keys are kept, one a line, the newest first; None when they come from the environment."""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    demo: bool = False
    demo_password: str = ""
    behind_tls: bool = True
    trash_days: int = 90
    first_password_days: int = 30
    idle_days: int = 180
    idle_disable_days: int = 400
    passwords: Profile = PROFILES["asvs"]
    argon2: Cost = USUAL
    idle_minutes: int = 30
    session_hours: int = 12
    session_hours_students: int = 8
    confirm_minutes: int = 10
    job_workers: int = 2
    job_beat: int = 5
    smtp_url: str = ""
    mail_from: str = ""
    base_url: str = ""
    trusted_hosts: tuple[str, ...] = ()
    """Host names this system answers to; empty: any."""
    proxy_hops: int = 1
    metrics_token: str = ""
    event_months: int = 24
    store_url: str = ""
    """Where files are kept; empty: in the data directory."""
    copy_url: str = ""
    """Where copies of them are kept; empty: nowhere."""
    clamd: str = ""
    require_second_factor: Required = Required.posts
    oidc: OidcSettings | None = None
    backup_dir: Path | None = None
    """Where backups go; None: nowhere yet, and the pages of those who manage the platform say so."""
    backup_hours: int = 12
    backup_days: int = 35

    @property
    def job_dead_after(self) -> int:
        """Seconds without a heartbeat after which a job's runner is taken for dead."""
        return self.job_beat * 6

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_url)

    def link(self, path: str) -> str:
        """A full address of one of our pages, for a mail."""
        return f"{self.base_url or f'http://{self.host}:{self.port}'}{path}"

    @property
    def data_keys(self) -> tuple[bytes, ...]:
        """Every data key there is, the newest first."""
        return (self.data_key, *self.old_data_keys) if self.data_key else ()

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
    key_file, data_keys = read_data_keys(environ, data_dir)
    return Settings(
        database_url=environ.get("PORTFOLIO_DATABASE_URL") or f"sqlite:///{data_dir / 'portfolio.db'}",
        secret_key=secret,
        data_dir=data_dir,
        data_key=data_keys[0] if data_keys else b"",
        old_data_keys=data_keys[1:],
        data_key_file=key_file,
        host=environ.get("PORTFOLIO_HOST", "127.0.0.1"),
        port=_number(environ, "PORTFOLIO_PORT", 8000),
        workers=_number(environ, "PORTFOLIO_WORKERS", 2),
        demo=demo,
        demo_password=environ.get("PORTFOLIO_DEMO_PASSWORD") or (DEMO_PASSWORD if demo else ""),
        first_password_days=_number(environ, "PORTFOLIO_FIRST_PASSWORD_DAYS", 30),
        idle_days=_number(environ, "PORTFOLIO_IDLE_DAYS", 180),
        idle_disable_days=_number(environ, "PORTFOLIO_IDLE_DISABLE_DAYS", 400),
        behind_tls=environ.get("PORTFOLIO_INSECURE_COOKIES", "1" if demo else "") not in ("1", "true", "yes"),
        passwords=_profile(environ.get("PORTFOLIO_PASSWORD_PROFILE", "asvs")),
        argon2=_cost(environ.get("PORTFOLIO_ARGON2", "")),
        idle_minutes=_number(environ, "PORTFOLIO_IDLE_MINUTES", 30, least=5, most=240),
        session_hours=_number(environ, "PORTFOLIO_SESSION_HOURS", 12, least=1, most=24),
        session_hours_students=_number(environ, "PORTFOLIO_SESSION_HOURS_STUDENTS", 8, least=1, most=24),
        confirm_minutes=_number(environ, "PORTFOLIO_CONFIRM_MINUTES", 10, least=1, most=60),
        trash_days=_trash_days(environ),
        job_workers=_number(environ, "PORTFOLIO_JOB_WORKERS", 2),
        job_beat=_number(environ, "PORTFOLIO_JOB_BEAT", 5),
        event_months=_event_months(environ),
        **_mail_settings(environ),
        trusted_hosts=_trusted_hosts(environ, demo=demo),
        proxy_hops=_number(environ, "PORTFOLIO_PROXY_HOPS", 1, most=5),
        metrics_token=_token(environ.get("PORTFOLIO_METRICS_TOKEN", "")),
        store_url=_place(environ, "PORTFOLIO_STORE_URL"),
        copy_url=_place(environ, "PORTFOLIO_COPY_URL"),
        clamd=_clamd(environ.get("PORTFOLIO_CLAMD", "")),
        require_second_factor=_required(environ, demo=demo),
        oidc=_oidc(environ),
        backup_dir=_backup_dir(environ, data_dir, demo=demo),
        backup_hours=_number(environ, "PORTFOLIO_BACKUP_HOURS", 12, least=1, most=24),
        backup_days=_number(environ, "PORTFOLIO_BACKUP_DAYS", 35, least=7),
    )


def read_data_keys(environ: Mapping[str, str], data_dir: Path) -> tuple[Path | None, tuple[bytes, ...]]:
    """The file the data keys are kept in (None: the environment) and the keys, the newest first. None is made up here."""
    if environ.get("PORTFOLIO_DATA_KEY"):
        path, source, text = None, "環境變數 PORTFOLIO_DATA_KEY", environ["PORTFOLIO_DATA_KEY"]
    else:
        path = Path(environ.get("PORTFOLIO_DATA_KEY_FILE") or data_dir / "data.key")
        source, text = f"金鑰檔 {path}", _text_of(path)
    keys = tuple(line.strip().encode() for line in text.splitlines() if line.strip())
    keys += tuple(word.encode() for word in environ.get("PORTFOLIO_DATA_KEY_OLD", "").replace(",", " ").split())
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ConfigError(f"{source}（或 PORTFOLIO_DATA_KEY_OLD）有一把金鑰太短，每把至少須 {SHORTEST_KEY} 個字元。")
    return path, tuple(dict.fromkeys(keys))


def _backup_dir(environ: Mapping[str, str], data_dir: Path, *, demo: bool) -> Path | None:
    """The demo backs itself up beside its data. A school says where: beside the data is where a broken disk takes both."""
    text = environ.get("PORTFOLIO_BACKUP_DIR", "").strip()
    if not text:
        return data_dir / "backups" if demo else None
    path = Path(text)
    if not path.is_absolute():
        raise ConfigError("PORTFOLIO_BACKUP_DIR 須為絕對路徑，例如 /mnt/backup/portfolio ，最好在另一台主機或另一顆磁碟。")
    return path


def put_data_keys(settings: Settings, keys: Sequence[bytes]) -> Settings:
    """Keep `keys`, the newest first, where there are none yet: after a restore in a new place."""
    if settings.data_keys:
        return settings
    if settings.data_key_file is None:
        raise ConfigError("資料金鑰由環境變數設定，請把金鑰設為 PORTFOLIO_DATA_KEY 與 PORTFOLIO_DATA_KEY_OLD。")
    _replace(settings.data_key_file, b"".join(key + b"\n" for key in keys))
    return replace(settings, data_key=keys[0], old_data_keys=tuple(keys[1:]))


def make_data_key(settings: Settings) -> Settings:
    """The settings with a new newest data key, put on top of the key file that only its owner reads."""
    if settings.data_key_file is None:
        raise ConfigError("資料金鑰由環境變數設定，系統無法代為產生。請自行設定 PORTFOLIO_DATA_KEY。")
    keys = (secrets.token_urlsafe(48).encode(), *settings.data_keys)
    _replace(settings.data_key_file, b"".join(key + b"\n" for key in keys))
    return replace(settings, data_key=keys[0], old_data_keys=keys[1:])


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"無法讀取資料金鑰檔 {path}（{type(error).__name__}），請檢查檔案與權限。") from None


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a half-written key file would lose every 身分證號."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _mail_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Where mail goes out. All or nothing: a server without a sender or an address for links would send what nobody can use."""
    smtp_url, mail_from = environ.get("PORTFOLIO_SMTP_URL", ""), environ.get("PORTFOLIO_MAIL_FROM", "")
    base_url = environ.get("PORTFOLIO_BASE_URL", "").rstrip("/")
    parts = urlsplit(base_url)
    if base_url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ConfigError("PORTFOLIO_BASE_URL 須為本系統對外的網址，例如 https://portfolio.example.edu.tw 。")
    if not smtp_url:
        return {"base_url": base_url, "mail_from": mail_from}
    server = urlsplit(smtp_url)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise ConfigError("PORTFOLIO_SMTP_URL 須像 smtp://帳號:密碼@主機:587/?starttls=1 或 smtps://帳號:密碼@主機:465/ 。")
    if "@" not in parseaddr(mail_from)[1] or not mail_from.isprintable():
        raise ConfigError("有 PORTFOLIO_SMTP_URL 就須設 PORTFOLIO_MAIL_FROM，例如 學習歷程 <noreply@example.edu.tw> 。")
    if not base_url:
        raise ConfigError("設定了 PORTFOLIO_SMTP_URL 就須設定 PORTFOLIO_BASE_URL，信裡的連結才開得起來。")
    return {"smtp_url": smtp_url, "mail_from": mail_from, "base_url": base_url}


def _trusted_hosts(environ: Mapping[str, str], *, demo: bool) -> tuple[str, ...]:
    """Names that are ours: as set; else the address for links, what we listen on, and this machine itself.

    A demo on every interface is looked at by whatever name the machine has.
    """
    named = tuple(each.strip() for each in environ.get("PORTFOLIO_TRUSTED_HOSTS", "").split(",") if each.strip())
    own = urlsplit(environ.get("PORTFOLIO_BASE_URL", "")).hostname
    listens = environ.get("PORTFOLIO_HOST", "127.0.0.1")
    if demo and not named and listens in ("0.0.0.0", "::"):  # noqa: S104 - asked about, not bound
        return ()
    return tuple(dict.fromkeys((*(named or ((own,) if own else ())), listens, *LOOPBACK)))


def _token(text: str) -> str:
    if text and len(text) < 16:
        raise ConfigError("PORTFOLIO_METRICS_TOKEN 至少 16 個字元；不需要 /metrics 就不要設。")
    return text


def _place(environ: Mapping[str, str], name: str) -> str:
    """A folder, `file:///folder` or `s3://key:secret@host/bucket`."""
    text = environ.get(name, "").strip()
    parts = urlsplit(text)
    if parts.scheme == "s3":
        if not (parts.hostname and parts.username and parts.password and parts.path.strip("/")):
            raise ConfigError(f"{name} 須像 s3://帳號:密鑰@主機:9000/儲存桶/前綴?region=us-east-1 。")
    elif text and not text.removeprefix("file://").startswith("/"):
        raise ConfigError(f"{name} 須為完整的資料夾路徑（以 / 開頭）或 s3:// 網址。")
    return text


def _clamd(text: str) -> str:
    if text and urlsplit(text).scheme not in ("tcp", "unix"):
        raise ConfigError("PORTFOLIO_CLAMD 須像 tcp://127.0.0.1:3310 或 unix:///run/clamav/clamd.ctl 。")
    return text


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise ConfigError(f"PORTFOLIO_PASSWORD_PROFILE 須為 {' 或 '.join(PROFILES)}，目前是「{name}」。")
    return PROFILES[name]


def _cost(text: str) -> Cost:
    """`memory in MiB, passes, lanes`; never below OWASP's minima."""
    if not text:
        return USUAL
    parts = text.replace(" ", "").split(",")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        raise ConfigError("PORTFOLIO_ARGON2 須為「記憶體 MiB,次數,平行數」，例如 64,3,4 。")
    cost = Cost(int(parts[0]) * 1024, int(parts[1]), int(parts[2]))
    if not cost.enough:
        raise ConfigError("PORTFOLIO_ARGON2 低於 OWASP 下限（例如 46,1,1 或 19,2,1），請調高。")
    return cost


def _event_months(environ: Mapping[str, str]) -> int:
    return _number(environ, "PORTFOLIO_EVENT_MONTHS", 24, least=FEWEST_MONTHS)


def _trash_days(environ: Mapping[str, str]) -> int:
    """Deleted rows are put back from their events, so the trash ends before the events do."""
    months = _event_months(environ)
    days = _number(environ, "PORTFOLIO_TRASH_DAYS", 90, least=1)
    if days >= months * SHORTEST_MONTH:
        raise ConfigError(f"環境變數 PORTFOLIO_TRASH_DAYS（{days} 天）須短於稽核紀錄的保存期限（{months} 個月）。")
    return days


def _number(environ: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal():
        raise ConfigError(f"環境變數 {name} 須為整數，目前是「{text}」。")
    if not least <= int(text) <= most:
        raise ConfigError(f"環境變數 {name} 須在 {least} 到 {most} 之間，目前是「{text}」。")
    return int(text)


def _required(environ: Mapping[str, str], *, demo: bool) -> Required:
    name = "PORTFOLIO_REQUIRE_SECOND_FACTOR"
    text = environ.get(name, "").strip() or (Required.none if demo else Required.posts).name
    if text not in Required.__members__:
        raise ConfigError(f"環境變數 {name} 須為 {'、'.join(Required.__members__)} 之一，目前是「{text}」。")
    return Required[text]


def _oidc(environ: Mapping[str, str]) -> OidcSettings | None:
    try:
        return read_oidc(environ)
    except OidcMisconfigured as error:
        raise ConfigError(str(error)) from None


def _kept(path: Path) -> str:
    """A secret kept in a file only its owner reads; made on first use."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
