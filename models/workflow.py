"""The life of what a student hands in, as one table of steps. Buttons, POSTs, the drawing in the docs, tests, triggers follow it.

A step leads from some states to one state; who may take it is an act of the duty table, when is a window, and some need a reason.
多元表現 goes the same way without certification.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.records.achievements.base import AchievementState
from models.records.learning_outcome import STILL_THE_STUDENTS, OutcomeState
from models.vocabulary import Act, Term, WindowKind


@dataclass(frozen=True, slots=True)
class Step:
    """One way from a state to the next. `name` is the verb of its event and the last part of its address."""

    name: str
    zh: str
    act: Act
    sources: tuple[Term, ...]
    target: Term
    who: str
    window: WindowKind | None = None
    needs_reason: bool = False

    def leaves(self, state: Term) -> bool:
        """Whether it may be taken from `state`."""
        return state in self.sources


O = OutcomeState  # noqa: E741 - the letters of a table
A = AchievementState
W = WindowKind
IMPORT = Act.import_acknowledgement

# fmt: off
STEPS: tuple[Step, ...] = (
    Step("send",       "送出認證",   Act.record,   (O.draft, O.returned),      O.sent,       "學生", W.upload),
    Step("withdraw",   "撤回",       Act.record,   (O.sent,),                  O.draft,      "學生", W.upload),
    Step("keep",       "沿用認證",   Act.record,   (O.draft,),                 O.certified,  "學生", W.upload),
    Step("certify",    "認證通過",   Act.certify,  (O.sent,),                  O.certified,  "任課教師", W.certification),
    Step("send_back",  "退回",       Act.certify,  (O.sent,),                  O.returned,   "任課教師", W.certification, True),
    Step("revoke",     "撤銷認證",   Act.certify,  (O.certified,),             O.returned,   "原認證教師、教務處", None, True),
    Step("reconsider", "請重新認證", Act.settle,   (O.returned,),              O.sent,       "教務處", None, True),
    Step("select",     "勾選",       Act.select,   (O.certified,),             O.selected,   "學生", W.selection),
    Step("unselect",   "取消勾選",   Act.select,   (O.selected,),              O.certified,  "學生", W.selection),
    Step("submit",     "總提交",     Act.submit,   (O.selected, O.questioned), O.submitted,  "幹事"),
    Step("receive",    "收訖",       IMPORT,      (O.submitted,),             O.received,   "幹事"),
    Step("confirm",    "確認",       Act.record,   (O.received,),              O.confirmed,  "學生", W.confirmation),
    Step("question",   "問題回報",   Act.record,   (O.received,),              O.questioned, "學生", W.confirmation, True),
)
"""課程學習成果."""

ACHIEVEMENT_STEPS: tuple[Step, ...] = (
    Step("select",     "勾選",       Act.select,   (A.draft,),                 A.selected,   "學生", W.selection),
    Step("unselect",   "取消勾選",   Act.select,   (A.selected,),              A.draft,      "學生", W.selection),
    Step("submit",     "總提交",     Act.submit,   (A.selected, A.questioned), A.submitted,  "幹事"),
    Step("receive",    "收訖",       IMPORT,      (A.submitted,),             A.received,   "幹事"),
    Step("confirm",    "確認",       Act.record,   (A.received,),              A.confirmed,  "學生", W.confirmation),
    Step("question",   "問題回報",   Act.record,   (A.received,),              A.questioned, "學生", W.confirmation, True),
)
"""多元表現: the same without certification."""
# fmt: on


THE_STUDENTS = (*STILL_THE_STUDENTS, A.draft)
"""The states in which what is handed in, and its files, are the student's to change."""


def step(name: str, steps: Iterable[Step] = STEPS) -> Step:
    """The step of this name; KeyError when there is none."""
    found = next((each for each in steps if each.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


def moves(steps: Iterable[Step]) -> tuple[tuple[str, str], ...]:
    """(from, to) of every step, as the database's triggers know them."""
    return tuple(dict.fromkeys((source.name, each.target.name) for each in steps for source in each.sources))


def drawing(steps: Iterable[Step], start: Term) -> str:
    """The table as a Mermaid state diagram, with 中文 names; docs/outcomes.md holds it and a test keeps it fresh."""
    lines = ["stateDiagram-v2", f"    [*] --> {start.zh}"]
    for each in steps:
        reason = "，須寫理由" if each.needs_reason else ""
        lines += [f"    {source.zh} --> {each.target.zh}: {each.zh}（{each.who}{reason}）" for source in each.sources]
    return "\n".join(lines)
