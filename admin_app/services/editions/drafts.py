"""A draft: a copy of an edition, to be edited row by row."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.regulation import Article, Duty, Edition, EditionPart, OpenQuestion, Post, Reading, Relation, Seat, Title, Unit

PARTS: tuple[type[EditionPart], ...] = (Article, Unit, Post, Seat, Title, Duty, Relation)
COPIED: tuple[type[EditionPart] | type[Reading] | type[OpenQuestion], ...] = (*PARTS, Reading, OpenQuestion)
COPIED_NEVER = {"id", "version", "edition_id"}
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
"""A code stands in addresses; the hyphen keeps it apart from the names of pages."""


class CannotCopy(ValueError):
    """A draft cannot be made under this code or without saying why."""


def copy_to_draft(session: Session, edition: Edition, *, code: str, basis: str) -> Edition:
    """A draft with the same rows, readings and open questions."""
    _must_be_new(session, code, basis)
    draft = Edition(code=code, school=edition.school, title=edition.title, based_on=edition, basis=basis)
    session.add(draft)
    with session.no_autoflush:
        for model in COPIED:
            rows = session.scalars(select(model).where(model.edition_id == edition.id).order_by(model.id)).all()
            session.add_all(model(edition=draft, **_columns(row)) for row in rows)
    session.flush()
    return draft


def _must_be_new(session: Session, code: str, basis: str) -> None:
    if not CODE.fullmatch(code):
        raise CannotCopy("版本代碼請用小寫英文、數字與連字號，例如 longtan-115。")
    if session.scalar(select(Edition.id).where(Edition.code == code)) is not None:
        raise CannotCopy(f"已有代碼為「{code}」的版本，請換一個。")
    if not basis.strip():
        raise CannotCopy("請填寫修正緣由，例如工作小組的決議或來文文號。")


def _columns(row: Any) -> dict[str, Any]:
    return {each.key: getattr(row, each.key) for each in inspect(type(row)).column_attrs if each.key not in COPIED_NEVER}
