"""The switch between 中文 and English, and the words scripts say in English."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import identity
from admin_app.extensions import db
from admin_app.translating import edge
from models.vocabulary import Language
from views.entering import safe_next

blueprint = Blueprint("language", __name__)
A_YEAR = 365 * 24 * 3600


@blueprint.post("/language")
def choose() -> Any:
    """Speak another language from here on: kept on the account, or before signing in by this browser."""
    name = request.form.get("language", "")
    if name not in Language.__members__:
        raise BadRequest("請選擇中文或 English。")
    answer = redirect(safe_next() or url_for("access.front_door"))
    if current_user.is_authenticated:
        identity.account().language = Language[name]
        db.session.commit()
    else:
        secure = identity.settings().behind_tls
        answer.set_cookie(edge.COOKIE, name, max_age=A_YEAR, httponly=True, samesite="Lax", secure=secure, path="/")
    return answer


@blueprint.get("/words/<digest>.json")
def words(digest: str) -> Response:
    """What scripts say in English. Its address changes with what it says, so browsers keep it."""
    if digest != edge.digest():
        raise NotFound
    answer = Response(edge.dictionary(), content_type="application/json")
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return answer
