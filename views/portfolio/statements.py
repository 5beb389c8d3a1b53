"""「本學期不上傳」, said and taken back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug.exceptions import Conflict, NotFound

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.services.portfolio import statements
from models.nothing_to_upload import REASON_LENGTH
from models.vocabulary import Subject
from views.portfolio.blueprint import blueprint, this_term, whose


@blueprint.post("/<subject>/nothing")
@login_required
def nothing(subject: str) -> Any:
    """State it, or with `withdraw` take it back."""
    student, term, by = whose(), this_term(), identity.actor()
    if subject not in {each.name for each in statements.STATEMENTS}:
        raise NotFound("沒有這一種聲明。請從「我的學習歷程」操作。")
    about = Subject[subject]
    if not term.open_on(clock.today()):
        raise Conflict(f"{term.zh}已關閉，聲明不能再更動。")
    if request.form.get("withdraw"):
        done = statements.withdraw(db.session, about, student, term.id, by=by)
        flash(f"已收回，您可以上傳{about.zh}。" if done else "原本就沒有這項聲明。", "success")
    else:
        reason = request.form.get("reason", "").strip()[:REASON_LENGTH]
        try:
            statements.state(db.session, about, student, term.id, by=by, reason=reason)
        except statements.Spoken as spoken:
            raise Conflict(str(spoken)) from None
        flash(f"已記下：本學期不上傳{about.zh}。截止前隨時可以收回。", "success")
    db.session.commit()
    return redirect(url_for("portfolio.index") + f"#nothing-{subject}")
