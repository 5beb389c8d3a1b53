"""`portfolio reset-factors`: the last resort when whoever could reset a second factor cannot get in either."""

from __future__ import annotations

import click

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.config import ConfigError, read_settings
from admin_app.database import app_session
from admin_app.services import accounts
from admin_app.services.account_life.ending import end_sessions
from admin_app.services.factors import status
from admin_app.services.factors.telling import tell


@click.command("reset-factors")
@click.argument("username")
@click.option("--reason", required=True, help="事由，會留在稽核紀錄。")
def reset_factors_command(username: str, reason: str) -> None:
    """移除一個帳號的驗證器、通行密鑰、備用碼與學校帳號連結，並登出其所有裝置。"""
    try:
        settings = read_settings()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    if not reason.strip():
        raise click.ClickException("請以 --reason 填寫事由，例如「唯一的管理者手機遺失」。")
    with app_session(settings) as session:
        account = accounts.find(session, username)
        if account is None:
            raise click.ClickException(f"沒有帳號 {username}。")
        sign(session, Signature(None, "主機管理者"))
        status.wipe(session, account, reason=reason.strip()[: status.LONGEST_REASON])
        end_sessions(session, account, now=clock.now())
        tell(session, account, "主機管理者已重設您的第二道驗證，請以密碼登入後重新設定。")
        session.commit()
    click.echo(f"已重設 {username} 的第二道驗證。請本人以密碼登入後重新設定。")
