"""資安事件 of the demo school: one that was reported in time, told and closed. It touched no file: the demo school has none."""

from __future__ import annotations

import datetime as dt

from models.keeping import Incident, IncidentKind
from seed.demo.school import School


def build_incidents(school: School) -> None:
    """A switch of the server room without power, one afternoon of this semester."""
    known = dt.datetime.combine(school.current.after(30), dt.time(14, 5))
    school.add([_outage(known)])


def _outage(known: dt.datetime) -> Incident:
    minutes = dt.timedelta(minutes=1)
    return Incident(
        title="機房跳電，系統停止服務四十分鐘",
        kind=IncidentKind.outage,
        known_at=known,
        began_at=known - 10 * minutes,
        ended_at=known + 30 * minutes,
        what="電算中心插座跳電，不斷電系統電池老化沒有接上，網頁與資料庫同時停止。復電後核對檔案與資料庫，沒有遺失。",
        reported_at=known + 35 * minutes,
        report_no="115-DEMO-001",
        measures="更換不斷電系統電池，改接另一迴路；每月一日測試放電並記錄。",
        closed_at=known + 60 * 24 * 3 * minutes,
    )
