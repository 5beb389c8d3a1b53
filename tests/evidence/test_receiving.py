"""What happens to a file a student hands in: kept once, under its digest, with a receipt and a line of the manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from admin_app.policy import Denied
from admin_app.services import evidence
from admin_app.services.evidence import receipts
from models.event import Event
from models.evidence import FileKind, ManifestLine, StoredFile
from models.records.learning_outcome import LearningOutcome
from tests.evidence import files
from tests.evidence.conftest import Desk, actor_of, draft_of, newest_of


@pytest.mark.parametrize("kind", files.KINDS)
def test_a_sound_file_is_kept_whatever_it_is_called(desk: Desk, kind: str) -> None:
    content = files.GOOD[kind]()
    made = desk.hand_in(content, "報告.docx")
    stored = made.stored_file
    assert (stored.kind, stored.size) == (FileKind[kind], len(content))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert desk.store.path(stored.sha256).read_bytes() == content
    assert made.name == f"報告.docx.{kind}"


def test_an_arrival_leaves_a_receipt_a_line_and_an_event(desk: Desk) -> None:
    first, second = desk.hand_in(files.pdf(1)), desk.hand_in(files.pdf(2))
    lines = desk.session.scalars(select(ManifestLine).order_by(ManifestLine.sequence)).all()
    assert [(line.sequence, line.receipt_no, line.sha256) for line in lines] == [
        (1, first.receipt_no, first.stored_file.sha256),
        (2, second.receipt_no, second.stored_file.sha256),
    ]
    assert [line.digest == line.computed() for line in lines] == [True, True]
    assert lines[1].previous == lines[0].digest
    assert receipts.find(desk.session, f" {first.receipt_no.lower().replace('-', '')} ") is first
    kinds = desk.session.scalars(select(Event.kind).where(Event.verb == "create")).all()
    assert kinds.count("uploaded_file") == 2


def test_the_same_key_never_makes_two(desk: Desk) -> None:
    first = desk.hand_in(files.pdf(), key="key-of-this-try")
    again = desk.hand_in(files.pdf(), key="key-of-this-try")
    assert again.id == first.id and again.receipt_no == first.receipt_no
    assert desk.session.scalar(select(func.count()).select_from(ManifestLine)) == 1
    assert desk.refusal(files.pdf(2), key="key-of-this-try").status == 409


def test_one_content_is_kept_once_and_mends_a_damaged_one(desk: Desk) -> None:
    first = desk.hand_in(files.pdf())
    desk.store.path(first.stored_file.sha256).write_bytes(b"bit rot")
    second = desk.hand_in(files.pdf())
    assert (second.id, second.stored_file_id) != (first.id, first.id) and second.stored_file_id == first.stored_file_id
    assert desk.store.path(first.stored_file.sha256).read_bytes() == files.pdf()


@pytest.mark.parametrize(
    ("content", "more", "status", "says"),
    [
        (b"", {}, 422, "空的"),
        (files.pdf(), {"told_sha256": "0" * 64}, 422, "傳送途中"),
        (files.pdf(), {"told_sha256": "not a digest"}, 400, "重新整理"),
        (files.pdf(), {"key": "short"}, 400, "重新整理"),
        (files.pdf(size=4 * 1024 * 1024), {}, 413, "上限是 4 MB"),
        (files.mp4(samples=10 * 1024 * 1024), {}, 413, "上限是 10 MB"),
    ],
    ids=["empty", "digest", "no digest", "key", "pdf", "mp4"],
)
def test_what_is_not_taken_says_why(desk: Desk, content: bytes, more: dict[str, Any], status: int, says: str) -> None:
    refused = desk.refusal(content, **more)
    assert refused.status == status and says in refused.sentence
    assert desk.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_only_the_student_hands_in_what_is_theirs(desk: Desk) -> None:
    teacher = actor_of(desk.session, "teacher")
    with pytest.raises(Denied, match="學生本人"):
        desk.hand_in(files.pdf(), by=teacher)


def outcomes_of(desk: Desk) -> list[LearningOutcome]:
    found = newest_of(desk)
    return [draft_of(desk.session, found, name) for name in ("階級桿", "螺紋")]


def test_a_record_claims_files_and_lets_them_go(desk: Desk) -> None:
    first, other = outcomes_of(desk)
    page, film, newer = desk.hand_in(files.pdf()), desk.hand_in(files.mp4()), desk.hand_in(files.jpg())
    evidence.claim(desk.session, [page.id, film.id], first, by=desk.by)
    desk.session.commit()
    assert evidence.files_of(desk.session, first) == [page, film]
    before = evidence.digests_of(desk.session, first)
    evidence.claim(desk.session, [film.id, newer.id], first, by=desk.by)
    desk.session.commit()
    assert evidence.files_of(desk.session, first) == [film, newer]
    assert not page.is_claimed and page.released_at is not None
    assert evidence.digests_of(desk.session, first) != before
    with pytest.raises(evidence.Refused, match="另一筆"):
        evidence.claim(desk.session, [film.id], other, by=desk.by)


def test_the_same_contents_in_any_order_give_the_same_digest(desk: Desk) -> None:
    first, other = outcomes_of(desk)
    evidence.claim(desk.session, [desk.hand_in(files.pdf()).id, desk.hand_in(files.mp3()).id], first, by=desk.by)
    evidence.claim(desk.session, [desk.hand_in(files.mp3()).id, desk.hand_in(files.pdf()).id], other, by=desk.by)
    assert evidence.digests_of(desk.session, first) == evidence.digests_of(desk.session, other) != ""


def test_a_claim_takes_only_ones_own_and_not_too_many(desk: Desk) -> None:
    first, _ = outcomes_of(desk)
    made = [desk.hand_in(content).id for content in (files.pdf(1), files.pdf(2))]
    for chosen, says in ((made, "最多 1 個文件"), ([made[0], made[0]], "兩次"), ([10**6], "已不存在")):
        with pytest.raises(evidence.Refused, match=says):
            evidence.claim(desk.session, chosen, first, by=desk.by)
    with pytest.raises(Denied, match="學生本人"):
        evidence.claim(desk.session, made[:1], first, by=actor_of(desk.session, "homeroom_teacher"))


@pytest.mark.parametrize("statement", ["UPDATE manifest_line SET size = 1", "DELETE FROM manifest_line"])
def test_the_database_itself_keeps_the_manifest(desk: Desk, statement: str) -> None:
    desk.hand_in(files.pdf())
    with pytest.raises(DBAPIError, match="manifest only grows"):
        desk.session.execute(text(statement))


def test_a_receipt_number_gives_slips_of_the_pen_away() -> None:
    good = receipts.number(123, dt.datetime(2026, 11, 24))
    assert good.startswith("115-000123-")
    digits = [place for place, sign in enumerate(good) if sign.isdigit() and place < 10]
    wrong = [good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :] for place in digits]
    turned = [good[:at] + good[at + 1] + good[at] + good[at + 2 :] for at in (4, 5, 6, 7, 8) if good[at] != good[at + 1]]
    assert [receipts.read(each) for each in wrong + turned] == [None] * len(wrong + turned)
    assert receipts.read(good) == good


@pytest.mark.parametrize("over", [-1, 0, 1])
@pytest.mark.parametrize(("kind", "most"), [("pdf", 4 * 1024 * 1024), ("mp4", 10 * 1024 * 1024)])
def test_the_limit_is_met_to_the_byte(desk: Desk, kind: str, most: int, over: int) -> None:
    content = exactly(kind, most + over)
    if over > 0:
        assert desk.refusal(content).status == 413
    else:
        assert desk.hand_in(content).stored_file.size == most + over


def exactly(kind: str, size: int) -> bytes:
    """A sound file of exactly this size."""
    if kind == "mp4":
        return files.mp4(samples=size - len(files.mp4(samples=0)))
    filler = size - len(files.pdf(size=16, seed="x")) + 16
    return next(made for less in range(12) if len(made := files.pdf(size=filler - less, seed="x")) == size)
