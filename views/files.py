"""Files: taken in at `POST /files/`, given out only to whoever may see the record they belong to, always as what they are."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask import Blueprint, Response, jsonify, request, url_for
from flask_login import login_required
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable, ServiceUnavailable
from werkzeug.wsgi import wrap_file

from admin_app import arriving, clock, identity, storage
from admin_app.extensions import db
from admin_app.policy import Denied, Verdict
from admin_app.services import evidence
from admin_app.services.evidence import drawing, names, reading
from admin_app.services.evidence.refusing import Refused
from admin_app.storage.points import reach
from models.evidence import StoredFile, UploadedFile
from models.people import Student

blueprint = Blueprint("files", __name__, url_prefix="/files")
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
AWAY = "這個檔案暫時讀不到。請稍候再試；仍讀不到時請告訴老師，檔案的檢查碼都還在。"
NO_PREVIEW = "這個檔案畫不出預覽，請下載後查看。"
MOST_ID = 2**31 - 1


@blueprint.post("/")
@login_required  # type: ignore[untyped-decorator]
def receive() -> Any:
    """Take in one file: 201 with its receipt; the same key again 200 with the same answer."""
    by, now = identity.actor(), clock.now()
    student = db.session.get(Student, by.student_id) if by.student_id else None
    if student is None:
        raise Denied(Verdict(False, "檔案須由學生本人上傳"))
    sent = request.files.get("file")
    if sent is None:
        raise Refused("沒有收到檔案。請重新選擇檔案後再傳一次。", 400)
    made = evidence.receive(
        db.session(),
        sent.stream,  # type: ignore[arg-type]
        name=sent.filename or "",
        student=student,
        by=by,
        key=request.form.get("key", ""),
        told_sha256=request.form.get("sha256") or None,
        now=now,
        began_at=arriving.began_at(),
    )
    answer, status = describe(made), 201 if made.received_at == now else 200
    db.session.commit()
    reach("committed")
    response = jsonify(answer)
    reach("answering")
    return response, status


@blueprint.get("/<int:number>/")
@login_required  # type: ignore[untyped-decorator]
def download(number: int) -> Response:
    """The file as an attachment; of a photo the version that does not tell where it was taken."""
    found = _readable(number)
    return _sent(found.stored_file.served, names.disposition(found.name))


@blueprint.get("/<int:number>/preview")
@login_required  # type: ignore[untyped-decorator]
def preview(number: int) -> Response:
    """A PDF's first page or a smaller picture, drawn anew; sound and film as they are, in ranges."""
    found = _readable(number)
    served = found.stored_file.served
    if not served.kind.is_document:
        return _sent(served, names.disposition(found.name, inline=True))
    try:
        drawn = drawing.preview(storage.of(db.session()), served)
    except FileNotFoundError:
        raise ServiceUnavailable(AWAY) from None
    if drawn is None:
        raise NotFound(NO_PREVIEW)
    response = _streamed(drawn.open("rb"), drawn.stat().st_size, "image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    return response


def describe(made: UploadedFile) -> dict[str, Any]:
    """An arrival as a page's script reads it."""
    stored = made.stored_file
    return {
        "id": made.id,
        "name": made.name,
        "size": stored.size,
        "sha256": stored.sha256,
        "kind": stored.kind.name,
        "receipt": made.receipt_no,
        "received_at": made.received_at.isoformat(timespec="seconds"),
        "copied_at": stored.copied_at.isoformat(timespec="seconds") if stored.copied_at else None,
        "cleaned": stored.shown_id is not None,
        "url": url_for("files.download", number=made.id),
        "receipt_url": url_for("portfolio.receipt", number=made.receipt_no),
        "preview": url_for("files.preview", number=made.id),
    }


def _readable(number: int) -> UploadedFile:
    """The arrival, if the person may see it; whatever else there may be is not there."""
    wanted = joinedload(UploadedFile.stored_file).joinedload(StoredFile.shown)
    found = db.session.get(UploadedFile, number, options=[wanted]) if number <= MOST_ID else None
    if found is None or not reading.may_read(db.session(), identity.actor(), found):
        raise NotFound("這個檔案不存在，或不在您可查閱的範圍內。")
    return found


def _sent(stored: StoredFile, disposition: str) -> Response:
    try:
        file = storage.of(db.session()).files.open(stored.sha256)
    except OSError:
        raise ServiceUnavailable(AWAY) from None
    response = _streamed(file, stored.size, stored.kind.media_type)
    response.headers["Content-Disposition"] = disposition
    response.set_etag(stored.sha256)
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=stored.size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    return response


def _streamed(file: BinaryIO, size: int, media_type: str) -> Response:
    response = Response(wrap_file(request.environ, file), mimetype=media_type, direct_passthrough=True)  # type: ignore[arg-type]
    response.content_length = size
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
