"""`python -m tests.bench.events`: the audit trail at size, on PostgreSQL.

Fills a sample of events over two years (most with invented digests, the newest with real ones), asks what the audit page asks,
measures what an event costs to write, to seal and to verify, and says what that means for a hundred million.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import click
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.actor import Held, Holding
from admin_app.audit import Signature, sign, track
from admin_app.database import engine_options, migrate
from admin_app.rulebook import Grant
from admin_app.services.audit.partitions import months_on
from admin_app.services.audit.sealing import seal
from admin_app.services.audit.verifying import verify_rest, verify_segments
from admin_app.services.trail.search import Cursor, Wanted, matching, page
from models import vault
from models.event import Event, partition_of
from models.event_segment import EventSegment
from models.vocabulary import Act, Division, Scope, Subject
from tests.bench.empty import database
from tests.bench.page import PAGE

BEGIN, END = "<!-- 稽核量測開始 -->", "<!-- 稽核量測結束 -->"
EVENTS, REAL, MONTHS, TIMES = 2_000_000, 20_000, 24, 15
ALL = 100_000_000
FILL = """
INSERT INTO event (at, account_id, actor, via, post, verb, kind, record_id, division, changes, note, request_id, digest)
SELECT CAST(:begins AS timestamp) + g * CAST(:step AS interval), 1 + (g * 7919) % 2300, '簡玉蘭',
  '依工作職掌 D12：活動組登錄社團幹部',
  (ARRAY['activities_section','registry_section','equipment_section','homeroom_teacher'])[1 + g % 4],
  (ARRAY['create','update','update','sign_in','export','delete'])[1 + (g / 3) % 6],
  (ARRAY['grade','student','club_office','leadership','account','service_learning','staff'])[1 + (g / 5) % 7],
  1 + (g * 104729) % 400000, CASE WHEN g % 5 = 0 THEN 'evening' ELSE 'day' END, :changes, '', substr(md5((g / 3)::text), 1, 12),
  :code || md5(g::text) || md5((-g)::text)
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) g
"""


class Reader:
    """Somebody who may read the events of one side of the wall, or of both."""

    def __init__(self, division: Division | None) -> None:
        self.division = division

    def held_at_all(self, subject: Subject) -> list[Held]:
        grant = Grant("R15", "convener", Act.read, subject, self.division, Scope.division, "", "", is_duty=False)
        return [Held(grant, Holding("convener"))]


@click.command()
@click.option("--events", "number", default=EVENTS, show_default=True, help="樣本筆數。")
@click.option("--keep/--no-keep", default=True, show_default=True, help="寫入 docs/benchmarks.md。")
def main(number: int, keep: bool) -> None:
    """稽核紀錄的量測，只用 PostgreSQL。"""
    logging.disable(logging.INFO)
    vault.install(vault.Vault([b"a data key for measuring only, 32 bytes"]))
    with tempfile.TemporaryDirectory() as name, database("postgresql", Path(name)) as url:
        engine = create_engine(**engine_options(url))
        lines = measure(engine, number)
        engine.dispose()
    click.echo("\n".join(lines))
    if keep:
        _keep(lines)


def measure(engine: Engine, number: int) -> list[str]:
    """Everything, in order; the page's lines."""
    with engine.begin() as connection:
        migrate(connection)
    with Session(engine) as session:
        sign(session, Signature(1, "簡玉蘭", via="依工作職掌 D12", post="activities_section", request_id="c0ffee123456"))
        filled = _timed(lambda: fill(session, number))
        written = writing(session)
        asked = dict(questions(session, number))
        size, index, depth = _size(session)
        sealed = _timed(lambda: seal(session, now=clock.now() + dt.timedelta(hours=1)))
        session.commit()
        verified, checked = verifying(session)
        version = session.scalar(text("SHOW server_version"))
    lines = [
        f"## 稽核紀錄：PostgreSQL {version}",
        "",
        f"量測日期 {clock.today().isoformat()}；{len(os.sched_getaffinity(0))} 核心，負載 {os.getloadavg()[0]:.1f}；"
        f"{number:,} 筆事件分在 {MONTHS + 1} 個月，`python -m tests.bench.events` 可以重做。",
        "",
        "| 項目 | 樣本 |",
        "|---|---:|",
        f"| 直接填入（含 9 個索引） | {number / filled:,.0f} 筆／秒 |",
        *(f"| {zh} | {figure} |" for zh, figure in written),
        *(f"| {zh} | {milliseconds:.1f} 毫秒 |" for zh, milliseconds in asked.items()),
        f"| 封存 | {number / sealed:,.0f} 筆／秒 |",
        f"| 驗證（逐筆解密、重算驗證碼） | {verified / checked:,.0f} 筆／秒 |",
        f"| 每筆佔用：資料 | {size / number:,.0f} 位元組 |",
        f"| 每筆佔用：9 個索引 | {index / number:,.0f} 位元組 |",
        "",
    ]
    return [*lines, *extrapolated(number, size + index, depth, sealed, verified / checked)]


def fill(session: Session, number: int) -> None:
    """The sample, a partition for each month; the newest events are written by the product itself."""
    start = months_on(clock.today(), -MONTHS)
    for each in range(MONTHS):
        month = months_on(start, each)
        bounds = f"FOR VALUES FROM ('{month}') TO ('{months_on(month, 1)}')"
        session.execute(text(f"CREATE TABLE IF NOT EXISTS {partition_of(month)} PARTITION OF event {bounds}"))
    span = (clock.now() - dt.timedelta(hours=1) - dt.datetime.combine(start, dt.time())) / number
    changes = vault.vault().encrypt('{"score": ["78.50", "81.00"], "passed": ["no", "yes"], "makeup_score": [null, "60.00"]}')
    values = {"begins": start, "step": span, "changes": changes, "code": "00000000:"}
    for first in range(1, number + 1, 200_000):
        session.execute(text(FILL), {**values, "first": first, "last": min(first + 199_999, number)})
        session.commit()
        click.echo(f"填入 {min(first + 199_999, number):,}", err=True)
    with session.get_bind().engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:  # type: ignore[union-attr]
        connection.execute(text("VACUUM ANALYZE event"))


def writing(session: Session) -> Iterator[tuple[str, str]]:
    """What an event costs whoever writes it, in a table of this size."""
    alone = _timed(lambda: [track(session, "export", "student", note="量測", 筆數=each) for each in range(2_000)])
    session.commit()
    yield "寫入一筆事件（單獨一句）", f"{alone / 2_000 * 1000:.2f} 毫秒"
    rows = [{"note": f"{each}"} for each in range(REAL)]
    together = _timed(lambda: _together(session, rows))
    session.commit()
    yield "寫入一筆事件（一千筆一批，含加密與驗證碼）", f"{together / REAL * 1000:.3f} 毫秒"


def _together(session: Session, rows: list[dict[str, Any]]) -> None:
    from admin_app.audit import _event, _sealed, signature

    changes = {"score": ["78.50", "81.00"], "passed": ["no", "yes"], "makeup_score": [None, "60.00"]}
    for first in range(0, len(rows), 1_000):
        made = [_sealed(_event(signature(session), "update", "grade", None, changes)) for _ in rows[first : first + 1_000]]
        session.connection().execute(Event.__table__.insert(), made)


def questions(session: Session, number: int) -> Iterator[tuple[str, float]]:
    """What the audit page asks."""
    middle = session.scalars(select(Event).where(Event.id == number // 2)).one()
    deep = Cursor(middle.at, middle.id)
    month = months_on(clock.today(), -7)
    asked: list[tuple[str, Wanted, Cursor | None, Division | None]] = [
        ("最新一頁", Wanted(), None, None),
        ("最新一頁，只看進修部", Wanted(), None, Division.evening),
        ("某人", Wanted(account_id=1234), None, None),
        ("某一筆資料", Wanted(kind=middle.kind, record_id=middle.record_id), None, None),
        ("某種資料的某個月", Wanted(kind="club_office", since=month, until=months_on(month, 1)), None, None),
        ("某次請求", Wanted(request_id=middle.request_id), None, None),
        ("某職務", Wanted(post="registry_section"), None, None),
        ("某動作，只看進修部", Wanted(verb="export"), None, Division.evening),
        ("沒有結果的條件", Wanted(verb="restore", kind="staff"), None, None),
        ("翻到一半（第一百萬筆之後的一頁）", Wanted(), deep, None),
        ("某人，翻到一半", Wanted(account_id=1234), deep, None),
    ]
    for zh, wanted, cursor, division in asked:
        stmt = matching(Reader(division), wanted)  # type: ignore[arg-type]
        times = [_timed(lambda: page(session, stmt, cursor)) for _ in range(TIMES)]  # noqa: B023
        session.expunge_all()
        yield f"查詢：{zh}", median(times) * 1000


def verifying(session: Session) -> tuple[int, float]:
    """The events with real digests, decrypted and recomputed: how many, and in how long."""
    last = session.scalar(select(func.max(Event.id))) or 0
    first = session.scalar(select(func.min(EventSegment.number)).where(EventSegment.last_id > last - REAL)) or 1
    end = session.scalar(select(func.max(EventSegment.number))) or 0
    started = time.perf_counter()
    events = sum(step.events for step in verify_segments(session, first, end))
    events += sum(step.events for step in verify_rest(session, last))
    return events, time.perf_counter() - started


def extrapolated(number: int, size: int, depth: int, sealed: float, verified: float) -> list[str]:
    """What a hundred million events would be, honestly: computed, not measured."""
    each, pages = ALL // MONTHS, 400
    levels = math.ceil(math.log(each / 300, pages)) + 1
    more = max(levels - depth, 0)
    return [
        f"推算到 {ALL:,} 筆（沒有實測，只是換算）：",
        "",
        f"- 每個月的分區約 {each:,} 筆，總共約 {size / number * ALL / 1e9:,.0f} GB。",
        f"- 分區內最深的索引由 {depth} 層變成約 {levels} 層，每個分區多讀 {more} 頁：有索引可走的查詢仍在同一數量級。",
        f"- 全部封存約 {sealed / number * ALL / 3600:,.1f} 小時；平常每五分鐘只封存新的。",
        f"- 全部驗證約 {ALL / verified / 3600:,.1f} 小時，可以中斷再接續；每天夜裡只驗證前一天。",
        "- 沒有時間範圍的條件要問每個月的分區，月份愈多愈慢；`PORTFOLIO_EVENT_MONTHS` 決定保留多久。",
        "- 記憶體放不下的舊月份，第一次查詢要從磁碟讀，會比上表慢。",
        "",
    ]


def _size(session: Session) -> tuple[int, int, int]:
    """Bytes of the rows, bytes of the indexes, and the levels of the deepest index of a full month."""
    parts = "SELECT inhrelid FROM pg_inherits WHERE inhparent = 'event'::regclass"
    rows, indexes = session.execute(
        text(f"SELECT sum(pg_table_size(inhrelid)), sum(pg_indexes_size(inhrelid)) FROM ({parts}) AS each")  # noqa: S608
    ).one()
    pages = session.scalar(
        text(f"SELECT max(c.relpages) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid IN ({parts})")  # noqa: S608
    )
    return int(rows), int(indexes), math.ceil(math.log(max(pages or 1, 2), 400)) + 1


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _keep(lines: list[str]) -> None:
    written = PAGE.read_text(encoding="utf-8")
    if BEGIN not in written:
        written = f"{written.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, _, rest = written.partition(BEGIN)
    PAGE.write_text("\n".join([before + BEGIN, "", *lines, END + rest.partition(END)[2]]), encoding="utf-8")


if __name__ == "__main__":
    main()
