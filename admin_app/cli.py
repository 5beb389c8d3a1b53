"""The `portfolio` command: set up, serve, import, and print what the rule says."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable

import click
from sqlalchemy import create_engine, select

from admin_app import clock, serving, worker
from admin_app.audit import Signature, sign
from admin_app.cli_events import events, seal_command, verify_command
from admin_app.cli_factors import reset_factors_command
from admin_app.cli_files import files
from admin_app.cli_import import import_command, template_command
from admin_app.cli_keeping import backup, backup_keys, backups, restore
from admin_app.cli_keys import rotate_key
from admin_app.cli_purge import purge
from admin_app.cli_school import export_school, import_school
from admin_app.cli_search import search
from admin_app.config import ConfigError, Settings, read_settings
from admin_app.database import app_session, engine_options, is_current, migrate, refresh_statistics
from admin_app.keyring import open_vault, with_data_key
from admin_app.rulebook import load_rulebook
from admin_app.services import accounts, links, permissions
from admin_app.services.audit.partitions import make_months
from admin_app.services.semesters import open_first
from admin_app.terms import load_terms
from models.people import Account, Appointment, Staff
from models.vocabulary import Division
from seed.code_lists import load_codes
from seed.demo import DEMO_PASSWORD, build_demo, demo_accounts, is_empty
from seed.limits import load_limits
from seed.retention import load_retention
from seed.rule import load_rule

FIRST_POST = "equipment_section"


class Commands(click.Group):
    """A setting that cannot be used ends any command with its sentence."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands)
def cli() -> None:
    """學生學習歷程檔案工作系統。設定由 PORTFOLIO_* 環境變數讀入，見 docs/settings.md。"""


def _settings(*, demo: bool | None = None) -> Settings:
    return read_settings(demo=demo)


@cli.command()
@click.option("--admin", "name", help="第一位設備組帳號的姓名；會印出一次性設定密碼連結。")
@click.option("--username", default="T001", show_default=True, help="第一位設備組帳號的教師代碼。")
def init(name: str | None, username: str) -> None:
    """建立或升級資料表，載入補充規定與代碼表。"""
    settings = prepare(_settings())
    click.echo("資料表、補充規定與代碼表已就緒。")
    with app_session(settings) as session:
        sign(session, Signature(None, "系統建置"))
        opened = open_first(session, on=clock.today())
        session.commit()
        if opened:
            click.echo(f"已開設{opened}（日期為暫定，請設備組到「學期」確認）。")
    if name:
        click.echo(f"請於三日內開啟此連結設定密碼：{_first_admin(settings, name, username)}")


def prepare(settings: Settings) -> Settings:
    """Migrate to the newest schema, load the rule and the code lists. Safe to repeat. Returns the settings with their data key."""
    engine = create_engine(**engine_options(settings.database_url))
    try:
        settings = with_data_key(engine, settings)
        open_vault(engine, settings)
        with engine.begin() as connection:
            migrate(connection)
    finally:
        engine.dispose()
    with app_session(settings) as session:
        sign(session, Signature(None, "系統建置"))
        load_rule(session, now=clock.now())
        load_codes(session)
        make_months(session, today=clock.today())
        load_retention(session)
        load_limits(session)
        session.commit()
    return settings


def _first_admin(settings: Settings, name: str, username: str) -> str:
    with app_session(settings) as session:
        sign(session, Signature(None, "系統建置"))
        if session.scalar(select(Account.id).where(Account.username == username)) is not None:
            raise click.ClickException(f"帳號 {username} 已存在；請以 --username 指定另一個教師代碼。")
        staff = session.scalar(select(Staff).where(Staff.code == username)) or Staff(code=username, name=name)
        account = accounts.account_for(staff, username)
        appointment = Appointment(staff=staff, post=FIRST_POST, division=Division.day, began_on=clock.today(), basis="系統初始化")
        session.add_all([staff, account, appointment])
        token = links.make_link(session, account, now=clock.now())
        session.commit()
    return settings.link(f"/password#{token}")


@cli.command()
def demo() -> None:
    """建立示範學校（只在空的資料庫），並列出示範帳號。"""
    settings = prepare(_settings(demo=True))
    password = settings.demo_password or DEMO_PASSWORD
    with app_session(settings) as session:
        if is_empty(session):
            build_demo(session, today=clock.today(), now=clock.now(), password=password)
            session.commit()
            refresh_statistics(session)
        elif not demo_accounts(session):
            raise click.ClickException("資料庫裡已有真實學校的資料，不會再放入示範學校。請另設 PORTFOLIO_DATA_DIR。")
        click.echo("示範帳號：")
        for each in demo_accounts(session):
            click.echo(f"  {each.username:32} {each.division:4} {each.post_zh}　{each.name}　密碼 {password}")


@cli.command()
@click.option("--demo", "as_demo", is_flag=True, help="以示範學校執行：可一鍵切換身分登入。")
def serve(as_demo: bool) -> None:
    """以正式伺服器（gunicorn）提供服務，並執行背景工作。"""
    settings = _ready(as_demo)
    click.echo(f"開啟 http://{settings.host}:{settings.port}")
    raise SystemExit(serving.serve(settings))


@cli.command()
@click.option("--demo", "as_demo", is_flag=True, help="以示範學校執行。")
def work(as_demo: bool) -> None:
    """只執行背景工作（寄信、匯入、定期工作）；網頁由另一個行程或另一台主機提供。"""
    worker.work(_ready(as_demo))


def _ready(as_demo: bool) -> Settings:
    settings = _settings(demo=True if as_demo else None)
    _refuse_other_schema(settings)
    _refuse_to_serve(settings)
    return settings


def _refuse_other_schema(settings: Settings) -> None:
    engine = create_engine(**engine_options(settings.database_url))
    with engine.connect() as connection:
        current = is_current(connection)
    engine.dispose()
    if not current:
        raise click.ClickException(
            "資料表不是這一版程式的版次。請先執行 portfolio init；退回舊版程式時請先還原資料庫備份，見 docs/install.md。"
        )


def _refuse_to_serve(settings: Settings) -> None:
    """Opening the session checks the data key; a real school never runs on the demo's database."""
    with app_session(settings) as session:
        if not settings.demo and demo_accounts(session):
            raise click.ClickException("這是示範學校的資料庫，不可作為正式系統。請另設 PORTFOLIO_DATA_DIR。")


@cli.command()
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
def duties(form: str) -> None:
    """印出現行工作職掌表，日校 22 列與進修部 21 列。"""
    with app_session(_settings()) as session:
        _print_csv(permissions.DUTY_COLUMNS, permissions.duty_rows(session, _edition_id(session)))


@cli.command()
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
def matrix(form: str) -> None:
    """印出權限總表：職務 × 部別 × 對象 × 行為。"""
    with app_session(_settings()) as session:
        _print_csv(permissions.MATRIX_COLUMNS, permissions.matrix_rows(load_rulebook(session, _edition_id(session))))


@cli.command("accounts")
def list_accounts() -> None:
    """列出帳號（不含密碼）。"""
    with app_session(_settings()) as session:
        rows = session.execute(select(Account.username, Account.division, Account.enabled, Account.demo).order_by(Account.id))
        _print_csv(("username", "division", "enabled", "demo"), ((u, d.name, int(e), int(x)) for u, d, e, x in rows))


def _edition_id(session: object) -> int:
    today = clock.today()
    found = load_terms(session, on=today).edition_id(today)  # type: ignore[arg-type]
    if found is None:
        raise click.ClickException("還沒有生效的補充規定，請先執行 portfolio init。")
    return found


def _print_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


cli.add_command(import_command)
cli.add_command(template_command)
for command in (rotate_key, seal_command, verify_command, events, files, reset_factors_command, purge, search):
    cli.add_command(command)
for command in (backup, backups, backup_keys, restore, export_school, import_school):
    cli.add_command(command)
