"""Who must have a second factor: the posts that keep accounts or review the units, as the edition in force names them."""

from __future__ import annotations

from admin_app.actor import Actor
from models.second_factor import Required
from models.vocabulary import Act, Subject

DECIDING = ((Act.manage, Subject.accounts), (Act.review, Subject.unit_completion))
"""What a post must allow for its holder to need a second factor, in either division."""


def why_required(by: Actor, required: Required) -> str:
    """The sentence that says why this person must have a second factor; empty when they need not."""
    if required is Required.none:
        return ""
    for act, subject in DECIDING:
        for held in by.held(act, subject):
            post = by.rulebook.zh(held.grant.holder)
            return f"您擔任{post}，可以{act.zh}「{subject.zh}」（{held.grant.division_zh} {held.grant.row}），登入須有第二道驗證。"
    if required is Required.staff and by.staff_id is not None:
        return "本校規定教職員登入須有第二道驗證。"
    return ""
