"""Load the default 保存期限 (`seed/retention.toml`): one rule for each kind; what a school has changed stays."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue import RECORDS
from models.personal_data import Anchor, RetentionRule
from models.records.consultation import Consultation

PATH = Path(__file__).with_name("retention.toml")


def load_retention(session: Session) -> None:
    """Every kind that has no rule yet gets its default."""
    known = set(session.scalars(select(RetentionRule.kind)))
    for group in tomllib.loads(PATH.read_text(encoding="utf-8"))["group"]:
        for kind in _kinds(group["kinds"]):
            if kind not in known:
                known.add(kind)
                session.add(
                    RetentionRule(kind=kind, anchor=Anchor[group["anchor"]], months=group.get("months"), basis=group["basis"])
                )
    session.flush()


def _kinds(named: list[str]) -> Iterator[str]:
    for name in named:
        if name == "records":
            yield from (model.__tablename__ for model in RECORDS if _names_students(model))
        elif name == "shared_records":
            yield from (model.__tablename__ for model in RECORDS if not _names_students(model))
        else:
            yield name


def _names_students(model: Any) -> bool:
    return "student_id" in model.__table__.columns or model is Consultation
