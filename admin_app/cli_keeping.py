"""`portfolio backup`, `backups`, `backup-keys`, `restore`: nothing of the school's is in one place only. See docs/backup.md."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import create_engine

from admin_app import audit, clock
from admin_app.audit import Signature, sign
from admin_app.config import ConfigError, Settings, put_data_keys, read_settings
from admin_app.database import app_session, engine_options
from admin_app.services.keeping import records, restoring, sealed_keys
from admin_app.services.keeping.backing_up import Made, back_up
from admin_app.services.keeping.evidence_files import evidence_store
from admin_app.services.keeping.folder import Folder
from admin_app.services.keeping.problem import KeepingError
from admin_app.services.keeping.restoring import Restored
from models.keeping import Backup
from models.values.roc import format_roc
from models.vault import key_id
from models.verbs import Verb

NO_PLACE = "請以 --to 指定備份位置，或設定 PORTFOLIO_BACKUP_DIR。"
BACKED_UP = (
    "還原點 {name} 已寫入 {place}，並重新讀過核對 SHA-256。\n"
    "  資料庫 {database:,} 位元組；檔案 {files:,} 個（這次新增 {added:,} 個，重讀 {reread:,} 個）。\n"
    "  讀這份備份須要資料金鑰 {keys}；金鑰不在備份裡，請以 portfolio backup-keys 另外封存。"
)
RESTORED = (
    "已還原 {name}（資料時間 {taken_at}），並逐表、逐班核對：\n"
    "{tables} 個資料表、{classes} 個班級、{files:,} 個檔案，與備份時相同。\n"
    "接著請執行 portfolio init（升級資料表）與 portfolio serve，再依 docs/backup.md 的搬遷檢核表逐項確認後才開放學生使用。"
)


class Sentence(click.ClickException):
    """What stopped a command, without a traceback."""


@click.command()
@click.option("--to", "place", type=click.Path(path_type=Path), help="備份位置；預設為 PORTFOLIO_BACKUP_DIR。")
def backup(place: Path | None) -> None:
    """線上備份：資料庫、檔案與清單，寫完重新讀過才算數。系統照常使用。"""
    settings = read_settings()
    folder = _folder(settings, place, NO_PLACE)
    try:
        made = _back_up(settings, folder)
    except KeepingError as error:
        raise Sentence(str(error)) from None
    contents = made.contents
    click.echo(
        BACKED_UP.format(
            name=made.name,
            place=folder,
            database=contents.database.size,
            files=contents.files,
            added=made.added,
            reread=made.reread,
            keys="、".join(contents.key_ids) or "（無）",
        )
    )


def _back_up(settings: Settings, folder: Folder) -> Made:
    with app_session(settings) as session:
        engine = session.get_bind().engine
        made = back_up(engine, evidence_store(settings), folder, now=clock.now())
        sign(session, Signature(None, "系統管理者（命令列）", via="portfolio backup"))
        records.record(session, settings, folder, made, now=clock.now())
        session.commit()
    return made


@click.command()
@click.option("--from", "place", type=click.Path(path_type=Path), help="備份位置；預設為 PORTFOLIO_BACKUP_DIR。")
@click.option("--verify", is_flag=True, help="把每一個還原點與檔案全部重讀一次。")
def backups(place: Path | None, verify: bool) -> None:
    """列出還原點；--verify 全部重讀，有損壞時結束代碼不為零。"""
    folder = _folder(read_settings(), place, NO_PLACE.replace("--to", "--from"))
    names, damaged = folder.names(), 0
    for name in names:
        try:
            contents = folder.contents(name)
            if verify:
                restoring.examine(folder, name)
            word = "已重讀，無誤" if verify else "完整"
            click.echo(f"{name}　{contents.engine}　檔案 {contents.files:,} 個　{word}")
        except KeepingError as error:
            damaged += 1
            click.echo(f"{name}　{error}", err=True)
    if not names:
        raise Sentence(f"{folder} 裡沒有完整的還原點。")
    sys.exit(1 if damaged else 0)


@click.command("backup-keys")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup_keys(target: Path) -> None:
    """把資料金鑰封存成一個檔案（以密語加密），放到備份以外的地方。"""
    settings = read_settings()
    try:
        names = sealed_keys.seal_keys(target, settings.data_keys, _passphrase(confirm=True), settings.backup_dir)
    except KeepingError as error:
        raise Sentence(str(error)) from None
    click.echo(f"金鑰 {'、'.join(names)} 已封存在 {target}，並重新打開過。密語請與這個檔案分開保管，兩人各知道一半更好。")


@click.command()
@click.option("--from", "place", type=click.Path(path_type=Path), help="備份位置；預設為 PORTFOLIO_BACKUP_DIR。")
@click.option("--point", "name", help="還原點代號；預設為最新的一個。")
@click.option("--keys", "sealed", type=click.Path(path_type=Path), help="金鑰封存檔；新主機還沒有資料金鑰時使用。")
def restore(place: Path | None, name: str | None, sealed: Path | None) -> None:
    """還原到空的地方：先全部讀過核對，再寫入，最後逐表、逐班核對筆數。"""
    settings = read_settings()
    folder = _folder(settings, place, NO_PLACE.replace("--to", "--from"))
    try:
        found = _restore(settings, folder, name or restoring.newest(folder), sealed)
    except KeepingError as error:
        raise Sentence(str(error)) from None
    contents = found.contents
    taken_at = dt.datetime.fromisoformat(contents.taken_at)
    facts = {"tables": len(contents.tables), "classes": len(contents.classes), "files": found.files}
    click.echo(RESTORED.format(name=found.name, taken_at=f"{format_roc(taken_at.date())} {taken_at:%H:%M}", **facts))


def _restore(settings: Settings, folder: Folder, name: str, sealed: Path | None) -> Restored:
    keys = list(settings.data_keys)
    if sealed is not None:
        keys += [each for each in sealed_keys.open_keys(sealed, _passphrase(confirm=False)) if each not in keys]
    engine = create_engine(**engine_options(settings.database_url))
    try:
        found = restoring.restore(folder, name, engine, evidence_store(settings), key_ids=[key_id(each) for each in keys])
    finally:
        engine.dispose()
    settings = put_data_keys(settings, keys) if keys else settings
    with app_session(replace(settings, old_data_keys=tuple(keys[1:]))) as session:
        sign(session, Signature(None, "系統管理者（命令列）", via="portfolio restore"))
        audit.track(session, Verb.restore_backup.name, Backup.__tablename__, note=f"還原點 {name}")
        session.commit()
    return found


def _folder(settings: Settings, place: Path | None, missing: str) -> Folder:
    path = place or settings.backup_dir
    if path is None:
        raise ConfigError(missing)
    return Folder(path.resolve())


def _passphrase(*, confirm: bool) -> str:
    told = os.environ.get("PORTFOLIO_KEYS_PASSPHRASE")
    return told or str(click.prompt("金鑰封存檔的密語", hide_input=True, confirmation_prompt=confirm))
