"""Flask-Admin over the product's tables, as its documentation shows it (`stock`) or with what it offers for large tables (`tuned`).

Runs in an environment of its own and knows nothing of the product. Related rows are loaded with the rows, so that neither pays one
statement per row. BENCH_DATABASE_URL names the database, BENCH_TUNED=1 tunes, BENCH_COUNT=1 tells how many statements were sent.
"""

import os

from flask import Flask, abort, g, has_app_context, redirect, request
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import SecureForm
from flask_babel import Babel
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Boolean, Date, DateTime, ForeignKey, Integer, String, event, func
from sqlalchemy.orm import DeclarativeBase, joinedload, mapped_column, relationship
from werkzeug.security import check_password_hash, generate_password_hash

TUNED = os.environ.get("BENCH_TUNED") == "1"
STATES = [("draft", "草稿"), ("sent", "送出認證"), ("certified", "認證通過"), ("returned", "退回")]
PASSWORD = "invented-benchmark-115"


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class SchoolClass(db.Model):
    __tablename__ = "school_class"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String(20))
    grade = mapped_column(Integer)

    def __str__(self):
        return self.name


class Staff(db.Model):
    __tablename__ = "staff"
    id = mapped_column(Integer, primary_key=True)
    code = mapped_column(String(20))
    name = mapped_column(String(40))

    def __str__(self):
        return self.name


class Course(db.Model):
    __tablename__ = "course"
    id = mapped_column(Integer, primary_key=True)
    code = mapped_column(String(23))
    name = mapped_column(String(80))

    def __str__(self):
        return self.name


class Student(db.Model):
    __tablename__ = "student"
    id = mapped_column(Integer, primary_key=True)
    student_no = mapped_column(String(12))
    name = mapped_column(String(60))
    born_on = mapped_column(Date)
    seat_no = mapped_column(Integer)
    school_class_id = mapped_column(ForeignKey("school_class.id"))
    school_class = relationship(SchoolClass)

    def __str__(self):
        return self.name


class Teaching(db.Model):
    __tablename__ = "teaching"
    id = mapped_column(Integer, primary_key=True)
    semester_id = mapped_column(Integer)
    school_class_id = mapped_column(ForeignKey("school_class.id"))
    course_id = mapped_column(ForeignKey("course.id"))
    staff_id = mapped_column(ForeignKey("staff.id"))
    school_class = relationship(SchoolClass, lazy="joined", innerjoin=True)
    course = relationship(Course, lazy="joined", innerjoin=True)
    staff = relationship(Staff, lazy="joined", innerjoin=True)

    def __str__(self):
        return f"{self.school_class.name} {self.course.name}"


class Outcome(db.Model):
    __tablename__ = "learning_outcome"
    id = mapped_column(Integer, primary_key=True)
    version = mapped_column(Integer, default=1)
    semester_id = mapped_column(Integer)
    division = mapped_column(String(40), default="day")
    student_id = mapped_column(ForeignKey("student.id"))
    teaching_id = mapped_column(ForeignKey("teaching.id"))
    name = mapped_column(String(80))
    brief = mapped_column(String(400))
    practical = mapped_column(Boolean)
    state = mapped_column(String(40))
    sent_at = mapped_column(DateTime)
    certified_at = mapped_column(DateTime)
    certified_by_id = mapped_column(ForeignKey("staff.id"))
    certification_note = mapped_column(String(200), default="")
    student = relationship(Student, lazy="joined", innerjoin=True)
    teaching = relationship(Teaching, lazy="joined", innerjoin=True)
    certified_by = relationship(Staff)

    def __str__(self):
        return self.name


class User(UserMixin, db.Model):
    __tablename__ = "bench_user"
    id = mapped_column(Integer, primary_key=True)
    username = mapped_column(String(40), unique=True)
    password_hash = mapped_column(String(200))
    staff_id = mapped_column(Integer)


class SignedIn(ModelView):
    def is_accessible(self):
        return current_user.is_authenticated

    def inaccessible_callback(self, name, **kwargs):
        return redirect("/login")


class OutcomeView(SignedIn):
    page_size = 50
    column_list = ["student", "teaching.course", "teaching.staff", "name", "practical", "state", "sent_at", "certified_at"]
    column_sortable_list = [
        ("student", "student.name"),
        ("teaching.course", "teaching.course.name"),
        ("teaching.staff", "teaching.staff.name"),
        "name",
        "practical",
        "state",
        "sent_at",
        "certified_at",
    ]
    column_searchable_list = ["student.name", "student.student_no", "name", "teaching.course.name"]
    column_filters = [
        "student.school_class.name",
        "student.school_class.grade",
        "teaching.course.name",
        "teaching.staff.name",
        "state",
        "practical",
        "sent_at",
        "certified_at",
        "semester_id",
    ]
    column_default_sort = [("student.school_class_id", False), ("student.seat_no", False), ("name", False)]
    named_filter_urls = True
    column_choices = {"state": STATES}
    form_columns = ["student", "teaching", "name", "brief", "practical"]
    can_export = True
    export_max_rows = 100_000
    column_export_list = [
        "student.school_class",
        "student.seat_no",
        "student.student_no",
        "student",
        "teaching.course.code",
        "teaching.course",
        "name",
        "brief",
        "practical",
        "state",
        "sent_at",
        "certified_at",
        "certified_by",
        "certification_note",
    ]

    def get_query(self):
        """The export streams after the session is gone: what it shows has to be loaded with the rows."""
        query = super().get_query()
        if request.endpoint.endswith(".export"):
            student, certifier = joinedload(Outcome.student), joinedload(Outcome.certified_by)
            query = query.options(student.joinedload(Student.school_class), certifier)
        return query


if TUNED:
    OutcomeView.form_base_class = SecureForm
    OutcomeView.form_ajax_refs = {
        "student": {"fields": ("name", "student_no"), "page_size": 10},
        "teaching": {"fields": ("id",), "page_size": 10},
    }


class NewestView(OutcomeView):
    """The cheapest order there is."""

    column_default_sort = ("id", True)


class MineView(OutcomeView):
    """Row-level filter: the works in the courses of whoever is signed in."""

    def get_query(self):
        return super().get_query().filter(Outcome.teaching.has(Teaching.staff_id == current_user.staff_id))

    def get_count_query(self):
        mine = Outcome.teaching.has(Teaching.staff_id == current_user.staff_id)
        return db.session.query(func.count("*")).select_from(Outcome).filter(mine)

    def get_one(self, id):
        return self.get_query().filter(Outcome.id == id).one_or_none()


def create_app():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="nothing to keep here", SQLALCHEMY_DATABASE_URI=os.environ["BENCH_DATABASE_URL"])
    app.config.update(BABEL_DEFAULT_LOCALE="zh_Hant_TW")
    db.init_app(app)
    Babel(app)
    manager = LoginManager(app)
    manager.user_loader(lambda number: db.session.get(User, int(number)))
    app.add_url_rule("/login", view_func=sign_in, methods=["GET", "POST"])
    with app.app_context():
        admin = Admin(app, name="bench")
        admin.add_view(OutcomeView(Outcome, db, endpoint="outcome"))
        admin.add_view(NewestView(Outcome, db, endpoint="newest", url="newest", name="Newest"))
        admin.add_view(MineView(Outcome, db, endpoint="mine", url="mine", name="Mine"))
        for model in (Student, Course, SchoolClass, Staff, Teaching):
            admin.add_view(SignedIn(model, db))
        if os.environ.get("BENCH_COUNT"):
            count_statements(app)
        db.engine.dispose()
    return app


def sign_in():
    if request.method == "GET":
        return '<form method="post"><input name="username"><input name="password" type="password"></form>'
    user = db.session.query(User).filter_by(username=request.form["username"]).one_or_none()
    if user is None or not check_password_hash(user.password_hash, request.form["password"]):
        abort(403)
    login_user(user)
    return redirect("/admin/")


def count_statements(app):
    @event.listens_for(db.engine, "before_cursor_execute")
    def count(*args):
        if has_app_context():
            g.statements = getattr(g, "statements", 0) + 1

    @app.after_request
    def tell(response):
        response.headers["X-Statements"] = str(getattr(g, "statements", 0))
        return response


def prepare():
    """Create the peer's own table of users: the same people the product knows."""
    app = create_app()
    with app.app_context():
        db.metadata.create_all(db.engine, [User.__table__])
        for staff in db.session.query(Staff).filter(Staff.id <= 3):
            if db.session.query(User).filter_by(username=staff.code).one_or_none() is None:
                db.session.add(User(username=staff.code, staff_id=staff.id, password_hash=generate_password_hash(PASSWORD)))
        db.session.commit()


if __name__ == "__main__":
    prepare()
