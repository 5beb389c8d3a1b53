"""Error pages: a code a person can read out, a sentence, what to do next. Refusals are events."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, g, jsonify, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from admin_app import arriving, audit, carrying, errors, identity, origins
from admin_app.extensions import db
from admin_app.policy import Denied, Verdict
from admin_app.services.evidence.refusing import Refused
from models.regulation import EditionPublished

log = structlog.get_logger("portfolio.error")

TITLES = {
    400: "這個請求看不懂",
    401: "需要身分證明",
    403: "這件事不在您的職務範圍",
    404: "找不到這一頁",
    405: "不能這樣開啟這一頁",
    409: "現在不能這樣做",
    413: "送出的內容太大",
    422: "資料需要修正",
    429: "操作太頻繁",
    500: "系統發生錯誤",
    503: "系統暫時無法服務",
}
SENTENCES = {
    404: "這一頁不存在，或不在您可查閱的範圍內。請從選單重新選擇。",
    405: "請從畫面上的按鈕操作，不要直接開啟這個網址。",
    413: "請縮小檔案或分次送出。",
    500: "沒有儲存任何變更。請記下代碼告知系統管理者，稍後再試。",
    503: "資料庫暫時連不上，您剛才的操作沒有儲存。請稍候一分鐘再試。",
}


RETRY_AFTER = 60
FORMS = (".create_view", ".edit_view")
"""Endpoints of record forms."""
LEADS_BACK = (400, 413, 429, 500, 503)
"""What may be over in a minute, or can be mended in the form: the page leads back to it."""
BARE = """<!doctype html>
<html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{sentence}</p><p>代碼 <code>{request_code}</code></p></body></html>
"""
"""For a host name that is not ours: no link of ours can be made for it."""
STRANGE_HOST = "這個網址不是本系統的網址。請從學校網站的連結進入；管理者請檢查 PORTFOLIO_TRUSTED_HOSTS 與 PORTFOLIO_BASE_URL。"


def register(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Denied, on_denied)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(EditionPublished, on_published)
    app.register_error_handler(StaleDataError, on_stale)
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(DBAPIError, on_database_error)
    app.register_error_handler(Exception, on_failure)


def on_http_error(error: HTTPException) -> Any:
    """An HTTP error: our own sentence when we wrote one, the usual one otherwise."""
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        return page(400, STRANGE_HOST)
    own = error.description if error.description != type(error).description else ""
    return page(error.code, own or SENTENCES.get(error.code, "請返回上一頁重新操作。"))


def on_denied(error: Denied) -> Any:
    """The policy's no, with its reason and who may; recorded."""
    db.session.rollback()
    if current_user.is_authenticated:
        audit.track(db.session, "refuse", request.blueprint or "", note=error.verdict.sentence, 頁面=request.path)
        db.session.commit()
    return page(403, error.verdict.sentence, error.verdict)


def on_csrf_error(error: CSRFError) -> Any:
    """A form that was open too long, or not ours."""
    if _asks_script() and not current_user.is_authenticated:
        return page(401, "登入已結束，還沒有儲存。請重新登入。")
    if request.endpoint == "access.sign_in":
        return page(400, "登入頁開得太久了，還沒有登入。請按右上角的「登入」，再登入一次。")
    return page(400, "表單已失效，沒有儲存。請返回上一頁重新整理後再送出一次。")


def on_published(error: EditionPublished) -> Any:
    """Somebody tried to change law."""
    db.session.rollback()
    return page(409, str(error) + "。")


def on_refused(error: Refused) -> Any:
    """A file that is not taken, with what to do."""
    db.session.rollback()
    return page(error.status, error.sentence)


def on_stale(error: StaleDataError) -> Any:
    """A colleague changed one of the rows a moment ago."""
    db.session.rollback()
    return page(409, "有人剛剛更動了這筆（或其中一筆）資料，您的操作沒有儲存。請回到清單重新整理，看過後再辦理。")


def on_database_error(error: DBAPIError) -> Any:
    """The database refused or is gone; its own words stay in the log, without values."""
    db.session.rollback()
    cause = {"error": type(error.orig).__name__, "code": _code(error.orig), "statement": (error.statement or "")[:80]}
    log.error("database error", request_id=identity.request_id(), endpoint=request.endpoint, **cause)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return page(503, SENTENCES[503])
    return page(400, errors.sentence(error))


def _code(error: BaseException | None) -> str:
    """What the engine calls it, without values: `SQLITE_BUSY`, `40P01`."""
    return str(getattr(error, "sqlite_errorname", "") or getattr(error, "sqlstate", "") or "")


def on_failure(error: Exception) -> Any:
    """Anything unforeseen: a traceback in the log, a code on the page."""
    db.session.rollback()
    log.error("unhandled error", request_id=identity.request_id(), endpoint=request.endpoint, exc_info=error)
    return page(InternalServerError.code, SENTENCES[500])


def page(code: int, sentence: str, verdict: Verdict | None = None) -> Any:
    """An error page. For 500 and 503 its frame asks the database for nothing."""
    g.plain_page = code in (500, 503)
    title, said = TITLES.get(code, "無法完成"), {"Retry-After": str(RETRY_AFTER)} if code in (429, 503) else {}
    if request.routing_exception is not None and isinstance(request.routing_exception, SecurityError):
        return BARE.format(code=code, title=title, sentence=sentence, request_code=identity.request_id()), code, said
    if _asks_script():
        return (
            jsonify(error=sentence, message=sentence, who=list(verdict.who) if verdict else [], request_code=identity.request_id()),
            code,
            said,
        )
    html = render_template(
        "error.html",
        code=code,
        title=title,
        sentence=sentence,
        verdict=verdict,
        request_code=identity.request_id(),
        **(_way_back() if code in LEADS_BACK else {}),
    )
    return html, code, said


def _asks_script() -> bool:
    """Whether a page's script asks, which reads sentences and not pages."""
    return request.accept_mimetypes.best == "application/json" or request.endpoint == arriving.ENDPOINT


def _way_back() -> dict[str, Any]:
    """To the form that was being sent, with everything typed in it: sent again to be shown, or read from the device's draft."""
    if request.method != "POST" or not (request.endpoint or "").endswith(FORMS) or origins.is_foreign():
        return {}
    url, signed_out = request.full_path.rstrip("?"), _is_signed_out()
    fields = carrying.form_again()
    link = url_for("access.sign_in", next=url) if signed_out else "" if fields else f"{url}#draft"
    return {"form_url": url, "form_fields": fields, "form_link": link, "signed_out": signed_out}


def _is_signed_out() -> bool:
    """Whether the form was sent without a sign-in. A database that is away cannot tell, and is not asked."""
    return not g.plain_page and not current_user.is_authenticated
