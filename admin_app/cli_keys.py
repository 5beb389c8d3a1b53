"""`portfolio rotate-key`: a new data key, everything encrypted anew, and a word on when the old one may be destroyed."""

from __future__ import annotations

import click
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from admin_app import audit, clock
from admin_app.audit import Signature, sign
from admin_app.config import ConfigError, Settings, make_data_key, read_settings
from admin_app.database import app_session
from admin_app.services import rotation
from admin_app.services.audit.keys import keep_keys
from models.keyring import DataKey
from models.vault import key_id, vault

BEGIN = (
    "目前只有一把金鑰（代號 {key}），沒有東西要輪替。開始的方法：\n"
    "  金鑰在檔案裡：執行 portfolio rotate-key --new，會在檔案最上面加一把新的。\n"
    "  金鑰在環境變數：把新的設為 PORTFOLIO_DATA_KEY，原來的設為 PORTFOLIO_DATA_KEY_OLD。\n"
    "然後重新啟動所有服務（兩把都讀得到），再執行一次 portfolio rotate-key。"
)
MADE = (
    "已在 {path} 最上面加入新金鑰（代號 {key}），原有的保留在下面。請：\n"
    "  1. 立刻備份這個檔案到另一個地方。\n"
    "  2. 重新啟動所有服務，讓每個行程都認得新金鑰。\n"
    "  3. 執行 portfolio rotate-key。"
)
ROTATED = (
    "已全部改用新金鑰（代號 {key}），這次改寫 {count:,} 筆。請重新啟動所有服務，再執行 portfolio rotate-key --finish 作最後確認。\n"
    "舊金鑰現在還不能銷毀。"
)
LEFT = "還有資料用舊金鑰（{left}），多半是沒有重新啟動的行程寫的。請重新啟動所有服務，執行 portfolio rotate-key，再確認一次。"
FINISHED = (
    "確認完畢：沒有任何資料需要舊金鑰（{old}）。現在可以：\n"
    "  1. 從設定移除舊金鑰，重新啟動所有服務。\n"
    "  2. 輪替前做的備份仍須舊金鑰才能讀：把舊金鑰封存在離線的地方，等最後一份舊備份到期銷毀時，一併銷毀。"
)


@click.command("rotate-key")
@click.option("--new", "make", is_flag=True, help="在金鑰檔最上面加入一把新金鑰，原有的保留。")
@click.option("--finish", is_flag=True, help="確認沒有資料還用舊金鑰，並說明舊金鑰何時可以銷毀。")
def rotate_key(make: bool, finish: bool) -> None:
    """更換資料金鑰：把所有加密的欄位、檔案與索引改用最新的金鑰。中斷了再執行一次即可，期間系統照常使用。"""
    settings = read_settings()
    if make:
        return _make(settings)
    with app_session(settings) as session:
        sign(session, Signature(None, "系統管理者（命令列）", via="portfolio rotate-key"))
        if len(settings.data_keys) == 1 and not finish:
            return click.echo(BEGIN.format(key=vault().newest))
        return _finish(session, settings) if finish else _rotate(session, settings)


def _make(settings: Settings) -> None:
    with app_session(settings):
        if len(settings.data_keys) > 1:
            raise ConfigError("已經有兩把以上的金鑰，請先完成這次輪替（portfolio rotate-key、--finish）並移除舊金鑰。")
    made = make_data_key(settings)
    click.echo(MADE.format(path=made.data_key_file, key=key_id(made.data_key)))


def _rotate(session: Session, settings: Settings) -> None:
    keep_keys(session)
    audit.track(session, "rotate_key", DataKey.__tablename__, note=f"開始改用金鑰 {vault().newest}")
    session.commit()
    try:
        count = rotation.rotate(_engine(session), _progress) + rotation.rotate_files(settings.data_dir, _progress)
    except rotation.Clash as clash:
        raise click.ClickException(str(clash)) from None
    audit.track(session, "rotate_key", DataKey.__tablename__, note=f"改寫 {count} 筆", 筆數=count)
    session.commit()
    click.echo(ROTATED.format(key=vault().newest, count=count))


def _finish(session: Session, settings: Settings) -> None:
    left = rotation.remaining(session.connection(), vault())
    if files := len(rotation.files_behind(settings.data_dir)):
        left[rotation.FILES] = files
    if left:
        raise click.ClickException(LEFT.format(left="、".join(f"{zh} {count:,} 筆" for zh, count in left.items())))
    keep_keys(session)  # what the old key sealed stays verifiable without it
    old = [key_id(key) for key in vault().keys[1:]]
    retire = update(DataKey).where(DataKey.key_id != vault().newest, DataKey.retired_at.is_(None)).values(retired_at=clock.now())
    session.execute(retire, execution_options={audit.BULK_ALLOWED: True})
    audit.track(session, "rotate_key", DataKey.__tablename__, note=f"停用舊金鑰 {'、'.join(old)}")
    session.commit()
    click.echo(FINISHED.format(old="、".join(old) or "沒有"))


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    assert isinstance(bind, Engine)  # noqa: S101 - app_session binds one
    return bind


def _progress(zh: str, done: int, total: int) -> None:
    click.echo(f"{zh}：{done:,}／{total:,}")
