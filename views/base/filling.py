"""Forms: built for a person, poured into a row, judged as the row becomes, saved with its event, or shown again."""

from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import RelationshipProperty

from admin_app import audit, errors
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict, judge, require, unmasked
from admin_app.services.codes import load_codes
from admin_app.terms import Term
from models.base import Entity
from models.people import Staff, Student
from views.base import sending
from views.base.bulk import Bulk
from views.fields import CodeField, PickField, RocDateField, WordsField
from views.forms import SchoolForm


class Filling(Bulk):
    """What creating and editing share."""

    def build_form(self, by: Actor, row: Any, term: Term | None) -> SchoolForm:
        """The form for this person: sensitive fields only for those who may see them, pick fields bound to their reach."""
        form = self._create_form_class(obj=row)
        divisions = unmasked(by, self.model.__subject__)
        for key in list(form._fields):
            if self._is_sensitive(key) and (row.division not in divisions if row is not None else not divisions):
                del form[key]
        coded = [each for each in form if isinstance(each, CodeField | WordsField)]
        lists = (each.code_list for each in coded)
        book = load_codes(db.session, lists, year=term.year if term else None)
        for field in form:
            field.private = self._is_sensitive(field.name)
            if isinstance(field, PickField):
                here: dict[str, Any] = {"semester": term.id} if term else {}
                url = url_for(f"{self.slug}.ajax_lookup", name=field.name, **here)
                field.offer(url, partial(self.pickable, by, field.related, term))
            elif isinstance(field, RocDateField) and term is not None and hasattr(self.model, "semester_id"):
                field.within(term.starts_on, term.ends_on)
        for each in coded:
            each.use(book)
        if row is None and not form.is_submitted():
            self._prefill(form, by)
        return form

    def _prefill(self, form: SchoolForm, by: Actor) -> None:
        """What can only be one thing is filled in: the division a post writes in, the student who writes for themselves."""
        if "division" in form:
            form.division.data = self._own_division(by) or form.division.data
        if "student" in form and self._writes_only_own(by):
            form.student.data = db.session.get(Student, by.student_id)
        if "counselor" in form and by.staff_id is not None:
            form.counselor.data = db.session.get(Staff, by.staff_id)

    def _save(self, form: SchoolForm, row: Any, by: Actor, verdict: Verdict, term: Term | None) -> str | None:
        """Fill, flush, judge the row as it has become, commit. Returns the sentence of a rule the row breaks."""
        audit.acting(db.session, verdict)
        try:
            if row.id is None:
                sending.once()
            with db.session.no_autoflush:
                self.fill(form, row, by, verdict, term)
            db.session.add(row)
            db.session.flush()
            require(judge(db.session, by, self.act, row))
            self._must_be_open(row)
            commit()
        except DBAPIError as error:
            db.session.rollback()
            if isinstance(error, OperationalError):
                raise  # the database is away: nothing is wrong with what was typed
            return _beside(form, errors.places(error), errors.sentence(error))
        except ValueError as error:
            db.session.rollback()
            return str(error)
        return None

    def fill(self, form: SchoolForm, row: Any, by: Actor, verdict: Verdict, term: Term | None) -> None:
        """Pour the form into the row; semester and division come from the page and the post, never from the form's owner."""
        if row.id is None and term is not None and "semester" in inspect(self.model).relationships:
            row.semester_id = term.id
        for field in form:
            if field.name in inspect(self.model).attrs:
                field.populate_obj(row, field.name)
                _keep_default(self.model, row, field.name)
        if hasattr(self.model, "division") and row.division is None:
            row.division = (verdict.grant.division if verdict.grant else None) or by.division


def commit() -> None:
    """Commit, and let the rows stay as they were read or just written: what the answer says of them need not be read again."""
    session = db.session()
    session.expire_on_commit = False
    try:
        session.commit()
    finally:
        session.expire_on_commit = True


def _beside(form: SchoolForm, names: tuple[str, ...], sentence: str) -> str:
    """Put the sentence of a rule beside the field it is about, if the form has it."""
    place = next((form[name] for name in names if name in form), None)
    if place is not None:
        place.errors = [*place.errors, sentence]
    return sentence


def _keep_default(model: type[Entity], row: Any, key: str) -> None:
    """A field left empty falls back to the column's default where the column takes no NULL."""
    prop = inspect(model).attrs[key]
    if isinstance(prop, RelationshipProperty):
        return
    target = prop.columns[0]
    if getattr(row, key) is None and not target.nullable and target.default is not None and target.default.is_scalar:
        setattr(row, key, target.default.arg)
