"""收檔憑證: the student's own, to be printed; and the public page that knows a number, without saying whose."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, current_app, render_template, request, url_for
from flask_login import current_user, login_required
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import NotFound, TooManyRequests

from admin_app import clock, identity
from admin_app.addresses import full_address
from admin_app.extensions import db
from admin_app.services import attempts
from admin_app.services.attempts import Door, Kind
from admin_app.services.portfolio import receipts
from models.evidence import UploadedFile
from models.values.device import neighbourhood
from views.portfolio import cards
from views.portfolio.blueprint import blueprint, whose

public = Blueprint("receipts", __name__, url_prefix="/receipts")
MOST = 200
SHUT = "查驗太頻繁了，請 15 分鐘後再查；登入後查驗比較不受限制。"


@blueprint.get("/receipts")
@login_required
def receipt_list() -> str:
    """Every receipt of the student's, the newest first: one page to print and keep."""
    student = whose()
    stmt = select(UploadedFile).where(UploadedFile.student_id == student.id).order_by(UploadedFile.id.desc()).limit(MOST)
    found = [(cards.file(each), each.stored_file.sha256) for each in db.session.scalars(stmt)]
    return render_template("portfolio/receipts.html", found=found, most=MOST, student=student, **_codes())


@blueprint.get("/receipts/<number>")
@login_required
def receipt(number: str) -> str:
    """One receipt with both its lines; only the student's own."""
    student = whose()
    stmt = select(UploadedFile).where(UploadedFile.receipt_no == number[:40], UploadedFile.student_id == student.id)
    row = db.session.scalar(stmt)
    if row is None:
        raise NotFound("找不到這張憑證。別人的憑證請用「查驗憑證」頁。")
    return render_template(
        "portfolio/receipt.html",
        file=cards.file(row),
        sha256=row.stored_file.sha256,
        copied=receipts.moment(row.stored_file.copied_at),
        student=student,
        piece_url=_piece_url(row),
        **_codes(row.receipt_no),
    )


@public.route("", methods=["GET", "POST"])
def verify() -> Any:
    """Anybody may ask by number; asking without end is shut. What is answered names nobody."""
    number = request.form.get("number", "") if request.method == "POST" else ""
    if not number.strip():
        problem = "請輸入憑證號，例如 115-000123-7K。" if request.method == "POST" else ""
        return render_template("portfolio/verify.html", number="", found=None, problem=problem), 422 if problem else 200
    _count()
    found = receipts.find(db.session, number)
    problem = "" if found else receipts.why_none(number)
    return render_template("portfolio/verify.html", number=number[:40], found=found, problem=problem), 200 if found else 404


def _count() -> None:
    """So many questions in a quarter of an hour: by person who signed in, else by where they come from. Commits."""
    who = f"account {identity.account().id}" if current_user.is_authenticated else neighbourhood(request.remote_addr or "")
    door = Door(Kind.receipt, (who,))
    counted = attempts.count(db.session, str(current_app.config["SECRET_KEY"]), door, now=clock.now())
    db.session.commit()
    if counted is None:
        raise TooManyRequests(SHUT)


def _codes(number: str = "") -> dict[str, Any]:
    """Where anybody may check; for one receipt also as a square that carries its number behind #, where no log sees it."""
    address = full_address("receipts.verify")
    picture = segno.make(f"{address}#{number}", error="m").svg_inline(omitsize=True, border=1) if number else ""
    return {"verify_address": address, "code": Markup(picture)}  # noqa: S704 - drawn by segno from an address of ours


def _piece_url(row: UploadedFile) -> str:
    if row.record_kind not in cards.KINDS:
        return ""
    return url_for("portfolio.piece", kind=row.record_kind, number=row.record_id)
