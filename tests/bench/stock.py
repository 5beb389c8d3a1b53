"""The yardstick: Flask-Admin as its tutorial shows it, over the same tables, with nothing tuned and nothing guarded.

The related class is loaded with the student, so that the yardstick does not pay one statement per row.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, redirect, request, session, url_for
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Date, ForeignKey, Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tests.bench.pages import EXPORT_COLUMNS, LIST_COLUMNS


class Base(DeclarativeBase):
    """Base of the yardstick's own mapping."""


db = SQLAlchemy(model_class=Base)


class SchoolClass(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "school_class"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    grade: Mapped[int]

    def __str__(self) -> str:
        return self.name


class Student(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "student"
    id: Mapped[int] = mapped_column(primary_key=True)
    student_no: Mapped[str]
    name: Mapped[str]
    seat_no: Mapped[int | None]
    gender: Mapped[str]
    born_on: Mapped[Any] = mapped_column(Date)
    school_class_id: Mapped[int | None] = mapped_column(ForeignKey("school_class.id"))
    school_class: Mapped[SchoolClass | None] = relationship(lazy="joined")

    def __str__(self) -> str:
        return self.name


class Course(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "course"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]

    def __str__(self) -> str:
        return self.name


class Grade(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "grade"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    semester_id: Mapped[int]
    division: Mapped[str]
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    course_grade: Mapped[int]
    credits: Mapped[Any] = mapped_column(Numeric(4, 1), nullable=True)
    periods: Mapped[Any] = mapped_column(Numeric(4, 1), nullable=True)
    score: Mapped[Any] = mapped_column(Numeric(5, 2), nullable=True)
    pass_mark: Mapped[int]
    passed: Mapped[str]
    counted: Mapped[str]
    description: Mapped[str]
    makeup_score: Mapped[Any] = mapped_column(Numeric(5, 2), nullable=True)
    makeup_passed: Mapped[str]
    year_score: Mapped[Any] = mapped_column(Numeric(5, 2), nullable=True)
    year_passed: Mapped[str]
    student: Mapped[Student] = relationship()
    course: Mapped[Course] = relationship()


class SignedInView(ModelView):  # type: ignore[misc]
    def is_accessible(self) -> bool:
        return "username" in session

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        return redirect(url_for("login"))


class GradeView(SignedInView):
    page_size = 50
    column_list = [stock for _, stock in LIST_COLUMNS]
    column_export_list = [stock for _, stock in EXPORT_COLUMNS]
    column_sortable_list = [("student", "student.name"), ("course", "course.name"), "course_grade", "credits", "score", "passed"]
    column_searchable_list = ["student.name"]
    column_filters = ["semester_id", "score", "passed"]
    column_default_sort = [("student.school_class_id", False), ("student.seat_no", False), ("course.name", False)]
    form_columns = ["student", "course", "course_grade", "credits", "score", "pass_mark", "passed", "counted", "description"]
    can_export = True
    export_max_rows = 100_000


def create_stock(url: str) -> Flask:
    """The tutorial's application over the database at `url`."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="nothing to keep here", SQLALCHEMY_DATABASE_URI=url)
    db.init_app(app)
    Babel(app)

    @app.route("/login", methods=["GET", "POST"])
    def login() -> Any:
        if request.method == "GET":
            return '<form method="post"></form>'
        session["username"] = request.form["username"]
        return redirect("/admin/")

    with app.app_context():
        admin = Admin(app, name="stock")
        admin.add_view(GradeView(Grade, db))
        for model in (Student, Course, SchoolClass):
            admin.add_view(SignedInView(model, db))
    return app


def app() -> Flask:
    """For gunicorn: the database comes from the environment."""
    return create_stock(os.environ["BENCH_DATABASE_URL"])
