"""稽核紀錄: who did or saw what, when and through which post, behind the wall. Looking somebody up is itself an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, stream_with_context, url_for
from flask_login import login_required
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import audit, clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict, may, require
from admin_app.services import explaining
from admin_app.services.exporting import CSV_TYPE, attachment_headers
from admin_app.services.trail import files as trail_files
from admin_app.services.trail import search
from admin_app.services.trail.search import Wanted
from admin_app.services.trail.values import MODELS
from admin_app.services.trail.words import Entry, Wording, records_seen
from models.people import Account
from models.values.code import read_code
from models.values.roc import format_roc, parse_date
from models.verbs import ExportPurpose, Verb
from models.vocabulary import Act, Division, Subject
from views import exports
from views.confirming import confirmed_or_page

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
DAYS_AT_FIRST = 30
MOST_ID = 2**31 - 1
MOST_EXPORTED = 100_000
FILES = {"jsonl": ("JSON Lines", "application/x-ndjson"), "csv": ("CSV（UTF-8）", CSV_TYPE)}


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """The events wanted, newest first; the last thirty days unless a record or a request is named."""
    by = identity.actor()
    verdict = reader(by)
    wanted, person = read_wanted(by)
    after = _cursor()
    found, more = search.page(db.session, search.matching(by, wanted), after)
    entries = Wording(db.session, by, found).entries(seen=records_seen(db.session, by, found))
    if wanted.is_about_somebody and after is None:
        _track(verdict, wanted)
    return render_template(
        "audit/index.html",
        verdict=verdict,
        entries=entries,
        links={each.id: link for each in entries if (link := _record_url(by, each))},
        is_first=after is None,
        more_url=_here(before=str(more)) if more else None,
        first_url=_here(before=None),
        export_url=url_for("audit.export", **_args()),
        clear_url=url_for("audit.index"),
        doer=person,
        wanted=wanted,
        since=format_roc(wanted.since) if wanted.since else "",
        until=format_roc(wanted.until) if wanted.until else "",
        kinds=sorted(((name, model.__zh__) for name, model in MODELS.items()), key=lambda pair: pair[1]),
        verbs=list(Verb),
        posts=[(code, post.zh) for code, post in by.rulebook.posts.items()],
        divisions=sorted(search.divisions_of(by), key=list(Division).index),
        is_narrow=bool(set(wanted.names) - {"起日"}),
    )


@blueprint.get("/people")
@login_required  # type: ignore[untyped-decorator]
def people() -> Any:
    """Accounts whose doings the reader may look up, by typing: [{id, value, text}]."""
    by = identity.actor()
    reader(by)
    found = explaining.find_people(db.session, search.divisions_of(by), request.args.get("query", "")[:60])
    return jsonify([{"id": str(each.id), "value": str(each.id), "text": f"{each.person}　帳號 {each.username}"} for each in found])


@blueprint.get("/export")
@login_required  # type: ignore[untyped-decorator]
def export() -> str:
    """Which events would leave; asks what for."""
    return _export_page([])


@blueprint.post("/export/<export_type>")
@login_required  # type: ignore[untyped-decorator]
def export_file(export_type: str) -> Any:
    """The filtered events as a file, in words and masked like the page; itself an event."""
    by = identity.actor()
    verdict = reader(by)
    if export_type not in FILES:
        raise NotFound("沒有這種匯出格式。")
    wanted, _ = read_wanted(by)
    stated, problems = exports.read_stated(request.form)
    if stated is None:
        return _export_page(problems), 422
    asked = confirmed_or_page("匯出稽核紀錄")
    if asked is not None:
        return asked
    audit.acting(db.session, verdict)
    note = f"{export_type.upper()}，用途：{stated.zh}"
    audit.track(db.session, Verb.export.name, "event", note=note, 條件="、".join(wanted.names), 用途=stated.zh)
    db.session.commit()
    entries = _every_entry(by, wanted)
    body = trail_files.as_csv(entries) if export_type == "csv" else trail_files.as_lines(entries)
    headers = attachment_headers(f"稽核紀錄_{clock.today():%Y%m%d}.{export_type}")
    return Response(stream_with_context(body), content_type=FILES[export_type][1], headers=headers)


def _every_entry(by: Actor, wanted: Wanted) -> Iterator[Entry]:
    for found in search.batches(db.session, search.matching(by, wanted), most=MOST_EXPORTED):
        yield from Wording(db.session, by, found).entries(seen=records_seen(db.session, by, found))
        db.session.expunge_all()


def _export_page(problems: list[dict[str, str]]) -> str:
    by = identity.actor()
    reader(by)
    wanted, _ = read_wanted(by)
    span = f"{format_roc(wanted.since) if wanted.since else '保存期限內全部'} 起" if wanted.since else "保存期限內全部"
    return render_template(
        "export.html",
        title="匯出稽核紀錄",
        total=None,
        conditions=[span, *(name for name in wanted.names if name != "起日")],
        note=f"由新到舊，最多 {MOST_EXPORTED:,} 筆；機敏個資與您無權查閱的內容一律遮罩。",
        columns=[],
        may_full=False,
        files=[(url_for("audit.export_file", export_type=kind, **_args()), zh) for kind, (zh, _) in FILES.items()],
        purposes=list(ExportPurpose),
        errors=problems,
        back_url=_here(),
    )


def reader(by: Actor) -> Verdict:
    """The row that lets the person read events; refused otherwise."""
    verdict = may(by, Act.read, Subject.event)
    if by.held_at_all(Subject.event):
        return verdict
    return require(verdict)


def read_wanted(by: Actor) -> tuple[Wanted, Account | None]:
    """The filters the address holds. What nobody may look up here is answered as if it did not exist."""
    person = _person(by)
    since, until = _day("since", "起日"), _day("until", "迄日")
    record, code = _number("record"), read_code(request.args.get("request", "")[:36])
    if since and until and since > until:
        raise BadRequest("起日晚於迄日，請修正查詢的期間。")
    if since is None and not (record or code) and "since" not in request.args:
        since = clock.today() - dt.timedelta(days=DAYS_AT_FIRST)
    wanted = Wanted(
        account_id=person.id if person else None,
        kind=_known("kind", MODELS, "資料種類"),
        record_id=record,
        post=_known("post", by.rulebook.posts, "職務"),
        verb=_known("verb", Verb.__members__, "動作"),
        since=since,
        until=until,
        request_id=code,
        division=Division[name] if (name := _known("division", Division.__members__, "部別")) else None,
    )
    return wanted, person


def _person(by: Actor) -> Account | None:
    number = _number("person")
    if number is None:
        return None
    found = explaining.find_person(db.session, search.divisions_of(by), number)
    if found is None:
        raise BadRequest("沒有這個人員，或不在您可查閱的部別；請輸入姓名重新選取。")
    return found


def _number(name: str) -> int | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_ID:
        raise BadRequest("編號只含數字，請重新輸入。")
    return int(text)


def _day(name: str, zh: str) -> dt.date | None:
    try:
        return parse_date(request.args.get(name, "").strip()[:20])
    except ValueError as error:
        raise BadRequest(f"{zh}{error}。") from None


def _known(name: str, words: Any, zh: str) -> str:
    text = request.args.get(name, "")
    if text and text not in words:
        raise BadRequest(f"網址中的{zh}不存在，請從選單選擇。")
    return text


def _cursor() -> search.Cursor | None:
    try:
        return search.read_cursor(request.args.get("before", ""))
    except ValueError:
        raise BadRequest("網址中的頁次不正確，請回到第一頁。") from None


def _args(**changes: str | None) -> dict[str, Any]:
    kept = {**request.args.to_dict(), **changes}
    return {name: value for name, value in kept.items() if value is not None and (value or name == "since")}


def _here(**changes: str | None) -> str:
    return url_for("audit.index", **_args(**changes))


def _record_url(by: Actor, entry: Entry) -> str:
    """The record's page, if there is one and the person may open it."""
    view = current_app.extensions["screens"].get(entry.kind)
    if not entry.opens or view is None or not view.opens_for(by):
        return ""
    return url_for(f"{view.slug}.details_view", id=entry.record_id)


def _track(verdict: Verdict, wanted: Wanted) -> None:
    audit.acting(db.session, verdict)
    audit.track(db.session, Verb.search.name, "event", note=f"條件：{'、'.join(wanted.names)}")
    db.session.commit()
