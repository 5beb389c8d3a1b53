"""Events handed out: JSON lines for machines, CSV for people, both in words and masked as on the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from admin_app.services.exporting import csv_stream
from admin_app.services.trail.words import Entry

HEADER = ("編號", "時間", "何人", "職務", "動作", "資料種類", "資料編號", "對象", "依據", "說明", "請求代碼", "內容")


def as_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """One event a row, its changes in one cell."""
    return csv_stream(HEADER, (_row(entry) for entry in entries))


def as_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """One JSON object a line, keyed in 中文."""
    for entry in entries:
        changes = [{"欄位": each.zh, "原內容": each.before, "新內容": each.after} for each in entry.changes]
        line = {**dict(zip(HEADER, _row(entry), strict=True)), "內容": changes}
        yield (json.dumps(line, ensure_ascii=False) + "\n").encode()


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.id,
        entry.at,
        entry.who,
        entry.post_zh,
        entry.act,
        entry.kind_zh,
        entry.record_id,
        entry.record,
        entry.via,
        entry.note,
        entry.request_id,
        "；".join(f"{each.zh}：{each.before or '空白'}→{each.after or '空白'}" for each in entry.changes),
    )
