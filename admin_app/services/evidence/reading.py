"""Who may see a file: whoever may see the record it belongs to; until it belongs to one, the student who sent it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.policy import visible
from models.catalogue import RECORDS
from models.evidence import UploadedFile

KINDS = {model.__tablename__: model for model in RECORDS}


def may_read(session: Session, by: Actor, file: UploadedFile) -> bool:
    """Whether this person may open this file today."""
    if by.student_id is not None and by.student_id == file.student_id:
        return True
    model = KINDS.get(file.record_kind or "")
    if model is None:
        return False
    return session.scalar(select(model.id).where(model.id == file.record_id, visible(by, model))) is not None
