"""A virus scanner, where a school has one: what it finds is refused; while it is down nothing is taken unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.evidence import StoredFile
from tests.evidence import files
from tests.evidence.clamd import Clamd
from tests.evidence.conftest import desk_for


def test_a_clean_file_is_seen_whole_and_taken(school: Session, tmp_path: Path) -> None:
    with Clamd() as scanner:
        desk = desk_for(school, tmp_path, clamd=scanner.address)
        made = desk.hand_in(files.pdf(size=200_000))
        assert scanner.seen == made.stored_file.size


def test_what_is_found_is_refused(school: Session, tmp_path: Path) -> None:
    with Clamd() as scanner:
        desk = desk_for(school, tmp_path, clamd=scanner.address)
        refused = desk.refusal(files.pdf(extra=b"<< /Length 68 >>\nstream\n" + files.EICAR + b"\nendstream"))
        assert refused.status == 422 and "病毒" in refused.sentence


@pytest.mark.parametrize("trouble", ["gone", "hangs up", "confused"])
def test_a_scanner_that_is_down_means_no_receipt(school: Session, tmp_path: Path, trouble: str) -> None:
    with Clamd(says=b"INSTREAM size limit exceeded\0", hangs_up=10 if trouble == "hangs up" else None) as scanner:
        address = "tcp://127.0.0.1:1" if trouble == "gone" else scanner.address
        desk = desk_for(school, tmp_path, clamd=address)
        refused = desk.refusal(files.pdf())
        assert refused.status == 503 and "掃描服務" in refused.sentence
        assert school.scalar(select(func.count()).select_from(StoredFile)) == 0
