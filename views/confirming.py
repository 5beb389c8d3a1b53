"""Asking again who it is, before something that matters; what was being sent is carried through the question.

    if (asked := confirmed_or_page("匯出含個資的檔案")) is not None:
        return asked

The page posts the password to `/confirm` together with what was interrupted; the right password leads on to sending it again.
Other ways to confirm (a second factor) add themselves to `WAYS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import login_required

from admin_app import carrying, identity
from admin_app.extensions import db
from admin_app.services.attempts import Kind
from views.access.proving import still_them

blueprint = Blueprint("confirming", __name__)
WAYS: list[Callable[[], dict[str, str] | None]] = []
"""Other ways to confirm: each gives `{"zh", "url"}` for a person who can use it, None for others."""


def confirmed_or_page(what: str) -> Any:
    """None when the person has confirmed who they are within the last minutes; otherwise the page that asks, as an answer."""
    return None if identity.recently_confirmed() else page(carrying.carry(identity.account().id), what)


@blueprint.post("/confirm")
@login_required
def confirm() -> Any:
    """The password again, or another way; then on with what was interrupted."""
    text = request.form.get("carried", "")
    if not still_them(Kind.confirm, request.form.get("password", "")):
        return page(text, request.form.get("what", "")[:40], "密碼不對，請再輸入一次。")
    identity.confirm()
    db.session.commit()
    return onward(text)


def onward(text: str) -> Any:
    """After confirming: what was interrupted, ready to be sent again."""
    carried = carrying.unpack(text, identity.account().id)
    if carried is None:
        return redirect(url_for("admin.index"))
    return render_template("account/replay.html", carried=carried, confirmed=True)


def page(text: str, what: str, problem: str = "") -> Any:
    """The page that asks, as an answer: nothing has been done yet."""
    ways = [way for each in WAYS if (way := each()) is not None]
    html = render_template(
        "account/confirm.html",
        carried=text,
        what=what,
        problem=problem,
        ways=ways,
        minutes=identity.settings().confirm_minutes,
        demo_password=identity.settings().demo_password if current_app.config["DEMO"] else "",
    )
    return html, 422 if problem else 200


__all__ = ["WAYS", "blueprint", "confirmed_or_page", "onward", "page"]
