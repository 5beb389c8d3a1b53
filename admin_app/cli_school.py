"""`portfolio export-school` and `import-school`: the whole school in open formats, out and in again. See docs/backup.md."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from admin_app import audit, clock
from admin_app.audit import Signature, sign
from admin_app.cli_keeping import Sentence
from admin_app.config import Settings, read_settings
from admin_app.database import alembic_head, app_session, engine_options, migrate
from admin_app.keyring import open_vault, with_data_key
from admin_app.services.keeping import databases
from admin_app.services.keeping.evidence_files import evidence_store
from admin_app.services.keeping.problem import KeepingError
from admin_app.services.keeping.school import exporting, importing
from models.people import Student
from models.regulation import Edition
from models.verbs import Verb

FOLDER = click.Path(path_type=Path, file_okay=False)
COMMAND = "系統管理者（命令列）"


@click.command("export-school")
@click.argument("target", type=FOLDER)
def export_school(target: Path) -> None:
    """全校匯出：CSV、檔案與清單，不用任何特定廠商的格式。含明文身分證號，請加密保管。"""
    settings = read_settings()
    try:
        with app_session(settings) as session:
            counts = _export(session, settings, target.resolve())
    except KeepingError as error:
        raise Sentence(str(error)) from None
    click.echo(
        f"已匯出到 {target}：{len(counts)} 種資料、{sum(counts.values()):,} 筆。每一個檔案的 SHA-256 在 {exporting.MANIFEST}。"
    )
    click.echo("裡面有明文身分證號：請加密保管，用完銷毀。")


def _export(session: Session, settings: Settings, target: Path) -> dict[str, int]:
    """The event is committed first: nothing leaves without its trace."""
    sign(session, Signature(None, COMMAND, via="portfolio export-school"))
    audit.track(session, Verb.export_school.name, Student.__tablename__, note="全校匯出（CSV、檔案與清單）")
    school = session.scalar(select(Edition.school).order_by(Edition.effective_on.desc()).limit(1)) or ""
    session.commit()
    engine, files = session.get_bind().engine, evidence_store(settings)
    return exporting.export_school(engine, files, target, school=school, revision=alembic_head(), now=clock.now())


@click.command("import-school")
@click.argument("source", type=FOLDER)
def import_school(source: Path) -> None:
    """把全校匯出的資料夾匯入空的系統（不要先執行 init）。全部成功或全部不做。"""
    settings = read_settings()
    engine = create_engine(**engine_options(settings.database_url))
    try:
        schema = importing.examine(source, alembic_head())
        databases.refuse_unless_empty(engine)
        number = _import(engine, settings, source, schema)
    except KeepingError as error:
        raise Sentence(str(error)) from None
    finally:
        engine.dispose()
    click.echo(f"已匯入 {number:,} 筆，筆數與匯出時相同。密碼不在匯出裡：請執行 portfolio init，再為帳號產生首次密碼。")


def _import(engine: Engine, settings: Settings, source: Path, schema: dict[str, object]) -> int:
    settings = with_data_key(engine, settings)
    with engine.begin() as connection:
        migrate(connection)
    try:
        open_vault(engine, settings)
        with Session(engine) as session:
            sign(session, Signature(None, COMMAND, via="portfolio import-school"))
            number = importing.import_school(session, evidence_store(settings), source, schema)
            audit.track(session, Verb.import_school.name, Student.__tablename__, note=f"全校匯入 {number} 筆", 筆數=number)
            session.commit()
    except BaseException:
        with engine.begin() as connection:  # the tables were made for this; the place is empty again
            migrate(connection, "base")
            connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        raise
    return number
