"""Where the student's pages hang, whose they are, and the semester they speak of."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.exceptions import Conflict

from admin_app import clock, identity
from admin_app.policy import Denied, Verdict
from admin_app.terms import Term
from models.people import Student

blueprint = Blueprint("portfolio", __name__, url_prefix="/portfolio")


def whose() -> Student:
    """The student who is signed in; nobody else has pages here."""
    student: Student | None = identity.account().student
    if student is None:
        raise Denied(Verdict(False, "這些是學生本人的頁面。要看學生的學習歷程，請從選單開啟各項清單。"))
    return student


def this_term() -> Term:
    """The semester under way."""
    term = identity.terms().current(clock.today())
    if term is None:
        raise Conflict("學校還沒有開設學期，現在不能上傳。")
    return term
