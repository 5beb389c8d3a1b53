"""One-time links and 「忘記密碼」: a new password, or the end of a lock, without the old password.

A link's token stands behind `#`: browsers send it to nobody, so that it is in no log and no Referer. The page hands it in by POST;
mail scanners that open links see an empty form and use nothing up.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound, TooManyRequests

from admin_app import audit, clock, identity
from admin_app.actor import load_actor
from admin_app.addresses import full_address
from admin_app.audit import Signature, sign
from admin_app.extensions import db
from admin_app.services import accounts, attempts, links, mail
from admin_app.services.attempts import Door, Kind
from admin_app.services.passwords.profiles import Rules
from models.people import Account
from models.sign_in import OneTimeLink
from models.values.device import neighbourhood
from models.values.roc import format_roc
from models.vocabulary import LinkPurpose
from views.access.blueprint import blueprint
from views.access.devices import remember
from views.access.passwords import repeated_problem, rules_for
from views.access.proving import secret

USED = "這個連結已經用過或過期了，請重新申請「忘記密碼」，或洽管理帳號的單位。"
SENT = "如果帳號與登入信箱相符，信已經寄出，連結一小時內有效、只能用一次。沒有收到請檢查垃圾郵件，或洽管理帳號的單位。"
LETTER = """{name}您好：

有人（多半是您）申請重設學生學習歷程檔案系統的密碼。請在 {until} 前開啟下列連結，設定新密碼或解除登入鎖定；連結只能用一次：

{link}

如果不是您申請的，不必理會這封信，密碼不會改變。
"""


def link_url(token: str) -> str:
    """The address of a one-time link, for a letter, a slip or a page shown once."""
    return full_address("access.link", _anchor=token)


@blueprint.route("/password", methods=["GET", "POST"])
def link() -> Any:
    """Opens the form with the token of the address, then sets the password; never kept or told to anybody by the browser."""
    if request.method == "GET":
        return _bare()
    found = _found(request.form.get("token", "").strip())
    if request.form.get("unlock"):
        return _unlock(found)
    problem = (repeated_problem() or _use(found)) if "password" in request.form else ""
    if "password" in request.form and not problem:
        flash("密碼已設定，請登入。", "success")
        return redirect(url_for("access.sign_in"))
    page = render_template(
        "account/link.html",
        token=request.form["token"],
        username=found.account.username,
        problem=problem,
        rules=_rules(found.account).said,
        may_unlock=found.purpose is LinkPurpose.forgotten and bool(found.account.password_hash),
    )
    return page, 422 if problem else 200, {"Cache-Control": "no-store"}


def _bare(problem: str = "") -> Any:
    page = render_template("account/link.html", token="", problem=problem)
    return page, 404 if problem else 200, {"Cache-Control": "no-store"}


def _found(token: str) -> OneTimeLink:
    now, door = clock.now(), Door(Kind.link, (neighbourhood(request.remote_addr or ""),))
    if attempts.wait_for(db.session, secret(), [door], now=now):
        raise TooManyRequests("這個網路位置試了太多無效的連結，請 15 分鐘後再試。")
    found = links.find_link(db.session, token, now=now) if token else None
    if found is None or not identity.usable(found.account, on=clock.today()):
        attempts.count(db.session, secret(), door, now=now)
        db.session.commit()
        raise NotFound(USED)
    return found


def _rules(account: Account) -> Rules:
    return rules_for(account, load_actor(db.session, account, identity.rulebook(), on=clock.today()))


def _use(found: OneTimeLink) -> str:
    account = found.account
    sign(db.session, Signature(account.id, account.person.name, verb="set_password", request_id=identity.request_id()))
    try:
        accounts.use_link(db.session, found, request.form.get("password", ""), _rules(account), now=clock.now())
    except accounts.WeakPassword as weak:
        db.session.rollback()
        return str(weak)
    remember(account)
    db.session.commit()
    return ""


def _unlock(found: OneTimeLink) -> Any:
    """Whoever reads the account's mail may try again in this browser, whatever others did elsewhere."""
    account = found.account
    if found.purpose is not LinkPurpose.forgotten or not links.take(db.session, found, now=clock.now()):
        raise NotFound(USED)
    sign(db.session, Signature(account.id, account.person.name, request_id=identity.request_id()))
    audit.track(db.session, "unlock", "account", record=account)
    remember(account)
    db.session.commit()
    flash("已解除鎖定，請以原來的密碼登入。", "success")
    return redirect(url_for("access.sign_in"))


@blueprint.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> Any:
    """A link to the account's own mail address; the answer is the same whatever was typed."""
    if request.method == "GET" or not identity.settings().smtp_url:
        return render_template("account/forgotten.html", mail=bool(identity.settings().smtp_url), sent="")
    username, address = request.form.get("username", "").strip(), request.form.get("email", "").strip()
    if not username or not address:
        return render_template("account/forgotten.html", mail=True, sent="", problem="請填帳號與登入信箱。", username=username), 422
    now = clock.now()
    doors = Door(Kind.mail_source, (neighbourhood(request.remote_addr or ""),)), Door(Kind.mail_account, (username.casefold(),))
    counted = [attempts.count(db.session, secret(), door, now=now) for door in doors]
    if counted[0] is None:
        db.session.commit()
        raise TooManyRequests("這個網路位置申請太多次，請一小時後再試，或洽管理帳號的單位。")
    account = accounts.find(db.session, username)
    if counted[1] is not None and account is not None and _is_theirs(account, address):
        _send(account, now)
    db.session.commit()
    return render_template("account/forgotten.html", mail=True, sent=SENT)


def _is_theirs(account: Account, address: str) -> bool:
    right = bool(account.email) and str(account.email).casefold() == address.casefold()
    return right and identity.usable(account, on=clock.today())


def _send(account: Account, now: dt.datetime) -> None:
    until = now + links.LASTS[LinkPurpose.forgotten]
    sign(db.session, Signature(None, "忘記密碼申請", request_id=identity.request_id()))
    token = links.make_link(db.session, account, now=now, purpose=LinkPurpose.forgotten)
    audit.track(db.session, "make_link", "account", record=account, note="本人申請，寄到登入信箱", 來源=request.remote_addr or "")
    text = LETTER.format(name=account.person.name, until=f"{format_roc(until.date())} {until:%H:%M}", link=link_url(token))
    mail.post(
        db.session,
        to=str(account.email),
        subject="重設學生學習歷程檔案系統的密碼",
        text=text,
        account_id=account.id,
        kind="設定密碼連結",
        one_time=True,
        not_after=until,
    )
