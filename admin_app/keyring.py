"""The data key at start: the right one is installed, a wrong or missing one stops the system before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, Table, column, inspect, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.config import ConfigError, Settings, make_data_key
from models import vault
from models.base import Encrypted
from models.catalogue import METADATA
from models.keyring import DataKey

KEYS = DataKey.__table__
PROBED = 20
MISSING = (
    "找不到資料金鑰，系統沒有啟動。資料庫裡的身分證號等欄位是以金鑰 {needed} 加密的；"
    "請把原來的金鑰放回 PORTFOLIO_DATA_KEY、PORTFOLIO_DATA_KEY_FILE 或資料目錄的 data.key。"
)
WRONG = (
    "資料金鑰不對，系統沒有啟動，也沒有寫入任何資料。資料庫是以金鑰 {needed} 加密的，目前設定的是 {given}；"
    "請換回原來的金鑰（輪替期間新舊兩把都要設定，見 docs/personal-data.md）。"
)
OLDER = "（原有的那一把）"
NO_KEY = "還沒有資料金鑰。請先執行 portfolio init，或設定 PORTFOLIO_DATA_KEY。"


def open_vault(engine: Engine, settings: Settings) -> None:
    """Install the vault of `settings`, if its keys are those the database was encrypted with; raise `ConfigError` otherwise."""
    with engine.begin() as connection:
        ready = inspect(connection).has_table(DataKey.__tablename__)
        _check(connection, settings.data_keys, _needed(connection) if ready else {})
        vault.install(vault.Vault(settings.data_keys))
        if ready:
            _admit(connection, settings.data_key)


def with_data_key(engine: Engine, settings: Settings) -> Settings:
    """`settings`, with a data key made if there is none and nothing in the database needs one."""
    if settings.data_keys:
        return settings
    with engine.connect() as connection:
        needed = _needed(connection) if inspect(connection).has_table(DataKey.__tablename__) else {}
        encrypted = any(True for _ in _tokens(connection))
    if needed or encrypted:
        raise ConfigError(MISSING.format(needed="、".join(needed) or OLDER))
    return make_data_key(settings)


def known(session: Session) -> Sequence[DataKey]:
    """Every key this database ever used, the newest first."""
    return session.scalars(select(DataKey).order_by(DataKey.id.desc())).all()


def encrypted_columns() -> dict[Table, list[str]]:
    """Every table with encrypted columns, and their names."""
    found = {each: [c.name for c in each.columns if isinstance(c.type, Encrypted)] for each in METADATA.sorted_tables}
    return {each: names for each, names in found.items() if names}


def _check(connection: Connection, keys: Sequence[bytes], needed: dict[str, str]) -> None:
    given = {vault.key_id(key): vault.check_value(key) for key in keys}
    if not needed:
        return _probe(connection, keys)
    if not keys:
        raise ConfigError(MISSING.format(needed="、".join(needed)))
    if any(given.get(name) != value for name, value in needed.items()):
        raise ConfigError(WRONG.format(needed="、".join(needed), given="、".join(given)))
    return None


def _needed(connection: Connection) -> dict[str, str]:
    """Keys in use, by name, with their check values."""
    rows = connection.execute(select(KEYS.c.key_id, KEYS.c.check_value).where(KEYS.c.retired_at.is_(None)).order_by(KEYS.c.id))
    return {row.key_id: row.check_value for row in rows}


def _probe(connection: Connection, keys: Sequence[bytes]) -> None:
    """A database older than the check values: what it holds must be readable."""
    tokens = list(_tokens(connection))
    if not keys:
        raise ConfigError(MISSING.format(needed=OLDER) if tokens else NO_KEY)
    opened = vault.Vault(keys)
    try:
        for token in tokens:
            opened.decrypt(token)
    except vault.VaultLocked:
        raise ConfigError(WRONG.format(needed=OLDER, given="、".join(map(vault.key_id, keys)))) from None


def _tokens(connection: Connection) -> Iterator[str]:
    """A few encrypted values of every kind; an older schema may not have all of them yet."""
    tables = set(inspect(connection).get_table_names())
    for each, names in encrypted_columns().items():
        present = {str(c["name"]) for c in inspect(connection).get_columns(each.name)} if each.name in tables else set()
        raw = table(each.name, *(column(name) for name in names))
        for name in names if present.issuperset(names) else ():
            yield from connection.scalars(select(raw.c[name]).where(raw.c[name].is_not(None)).limit(PROBED))


def _admit(connection: Connection, key: bytes) -> None:
    """Remember the newest key before anything is written with it. Several processes may start at once."""
    values = {"key_id": vault.key_id(key), "check_value": vault.check_value(key), "installed_at": clock.now()}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    here = connection.scalar(select(KEYS.c.id).where(KEYS.c.key_id == values["key_id"], KEYS.c.retired_at.is_(None)))
    if here is None:
        stmt = dialect.insert(KEYS).values(**values)
        again = {"retired_at": None, "installed_at": values["installed_at"]}
        connection.execute(stmt.on_conflict_do_update(index_elements=["key_id"], set_=again))
