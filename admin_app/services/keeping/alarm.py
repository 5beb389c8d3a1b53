"""How old the newest verified restore point is, and whom that concerns: the check that would have caught 2021 on day 2."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.keeping import Backup
from models.keyring import DataKey
from models.values.roc import format_roc

STAFF_AFTER = dt.timedelta(hours=24)
STUDENTS_AFTER = dt.timedelta(hours=72)
TO_STUDENTS = (
    "學校的備份已超過三天沒有完成。您仍然可以上傳；請把每一個檔案在自己的裝置或雲端另存一份，等收檔憑證出現「已異地備份」再刪除。"
)


@dataclass(frozen=True)
class Alarm:
    """`taken_at`: the moment of the newest verified restore point, None if there is none; `age` since then (or since the school
    began to use the system)."""

    taken_at: dt.datetime | None
    age: dt.timedelta

    @property
    def rings(self) -> bool:
        """Red on the pages of those who manage the platform. No restore point at all is never in order."""
        return self.taken_at is None or self.age >= STAFF_AFTER

    @property
    def warns_students(self) -> bool:
        """Said on the pages where students upload."""
        return self.age >= STUDENTS_AFTER

    @property
    def to_students(self) -> str:
        """The warning, empty while there is none."""
        return TO_STUDENTS if self.warns_students else ""

    @property
    def sentence(self) -> str:
        """How old the newest restore point is, and what to do when it is too old."""
        if self.taken_at is None:
            return "還沒有任何驗證過的還原點：現在資料毀損就救不回來。請設定備份位置並立即備份。"
        when = f"{format_roc(self.taken_at.date())} {self.taken_at:%H:%M}"
        hours = int(self.age.total_seconds() // 3600)
        if not self.rings:
            return f"最近的還原點是 {when}（{hours} 小時前），已驗證。"
        return f"已經 {hours} 小時沒有新的還原點（最近的是 {when}），之後收到的資料還沒有備份。請立即備份並查明原因。"


def backup_alarm(session: Session, now: dt.datetime) -> Alarm:
    """The state at `now`: one statement."""
    newest = select(func.max(Backup.taken_at)).where(Backup.gone_at.is_(None)).scalar_subquery()
    began = select(func.min(DataKey.installed_at)).scalar_subquery()
    taken_at, since = session.execute(select(newest, began)).one()
    return Alarm(taken_at, max(now - (taken_at or since or now), dt.timedelta(0)))
