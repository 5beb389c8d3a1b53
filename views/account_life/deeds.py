"""What the accounts' grid does to the accounts chosen in it: links, mailed links, slips, expiry, ending sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Forbidden

from admin_app import audit, clock, identity
from admin_app.extensions import db
from admin_app.services import mail
from admin_app.services.account_life.ending import end_sessions
from admin_app.services.account_life.keeping import NOT_YOURS, beyond
from admin_app.services.account_life.slips import MOST_AT_ONCE
from admin_app.services.links import LASTS, make_link
from models.people import Account
from models.values.roc import format_roc
from models.vocabulary import LinkPurpose
from views.access.links import link_url
from views.account_life.reading import Unclear, day
from views.account_life.slips import chooser

LETTER = """{name}您好：

您的學生學習歷程檔案系統帳號是 {username}。請在 {until} 前開啟下列連結設定密碼，連結只能用一次：

{link}

如果不是您要求的，或過期了，請洽學校的帳號管理者。
"""


def _must_be_ours(accounts: Sequence[Account]) -> None:
    if beyond(db.session, identity.actor(), accounts, on=clock.today()):
        raise Forbidden(f"{NOT_YOURS}。整批都沒有辦理，請取消勾選後再試。")


def _link(account: Account) -> str:
    return link_url(make_link(db.session, account, now=clock.now()))


def show_links(view: Any, accounts: Sequence[Account]) -> str:
    """Links to hand over in person: shown once, on the page that made them; only their digests are kept."""
    _must_be_ours(accounts)
    links = [(account.username, account.person.name, _link(account)) for account in accounts]
    for account in accounts:
        audit.track(db.session, "make_link", "account", record=account)
    page = render_template("account/links.html", view=view, links=links)
    db.session.commit()
    return page


def send_links(view: Any, accounts: Sequence[Account]) -> Any:
    """A link to each by mail; those without an address are named."""
    _must_be_ours(accounts)
    now, sent, without = clock.now(), 0, []
    for account in accounts:
        if not account.email or not account.enabled:
            without.append(account.username)
            continue
        until = now + LASTS[LinkPurpose.given]
        text = LETTER.format(name=account.person.name, username=account.username, until=_until(until), link=_link(account))
        mail.post(
            db.session,
            to=account.email,
            subject="設定學生學習歷程檔案系統的密碼",
            text=text,
            account_id=account.id,
            kind="設定密碼連結",
            one_time=True,
            not_after=until,
        )
        audit.track(db.session, "make_link", "account", record=account, note="以電子郵件寄送")
        sent += 1
    db.session.commit()
    if sent:
        flash(f"已寄出 {sent} 封設定密碼連結。", "success")
    if without:
        names = "、".join(without[:10])
        flash(f"{len(without)} 個帳號沒有登入信箱或已停用，沒有寄：{names}{'等' if len(without) > 10 else ''}。", "warning")
    return redirect(url_for("account.index_view"))


def _until(moment: Any) -> str:
    return f"{format_roc(moment.date())} {moment:%H:%M}"


def choose_slips(view: Any, accounts: Sequence[Account]) -> str:
    """On to the page that prints slips, with these accounts; whoever chose a password is not ticked there."""
    if len(accounts) > MOST_AT_ONCE:
        raise BadRequest(f"一次最多列印 {MOST_AT_ONCE} 張密碼單，請分班列印。")
    enabled = [account for account in accounts if account.enabled]
    return chooser(enabled, "所選帳號")


def set_expiry(view: Any, accounts: Sequence[Account]) -> Any:
    """Ask for the day, then set it on each; an empty day means none."""
    problem = ""
    if "expires_on" in request.form:
        try:
            expires_on = day("expires_on", "到期日") if request.form["expires_on"].strip() else None
        except Unclear as wrong:
            problem = str(wrong)
        else:
            for account in accounts:
                account.expires_on = expires_on
                if expires_on is not None and expires_on < clock.today():
                    end_sessions(db.session, account, now=clock.now())
            db.session.commit()
            until = f"設為 {format_roc(expires_on)}" if expires_on else "清除"
            flash(f"已將 {len(accounts)} 個帳號的到期日{until}。", "success")
            return redirect(url_for("account.index_view"))
    page = render_template("accounts/expiry.html", view=view, accounts=accounts, problem=problem)
    return page, 422 if problem else 200
