"""The pairs of characters that names and titles are found by, and indexes that give large grids their order.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.grams import field_number, write

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

GRAMMED = {
    "account": ("username",),
    "certificate": ("code", "name", "number"),
    "certificate_winner": ("award", "name"),
    "class_office": ("title", "unit_name"),
    "club": ("name", "place"),
    "club_office": ("title",),
    "consultation": ("topic",),
    "contest": ("award", "item", "name"),
    "course": ("code", "former_code", "former_name", "name"),
    "department": ("code", "name", "short"),
    "elective_course": ("course_name",),
    "flexible_learning": ("content", "organiser"),
    "general_career_plan": ("clusters", "disciplines", "pathway"),
    "group_activity": ("content", "organiser"),
    "guardian": ("code", "email", "name"),
    "leadership": ("title", "unit_name"),
    "learning_outcome": ("name",),
    "other_achievement": ("name", "organiser", "score_text"),
    "precollege_course": ("name", "organiser"),
    "school_class": ("name",),
    "school_office": ("title", "unit_name"),
    "service_learning": ("name", "organiser"),
    "sports_winner": ("award", "contest_name", "item"),
    "staff": ("code", "name", "title", "unit"),
    "student": ("name", "student_no"),
    "vocational_career_plan": ("occupation",),
    "workplace_learning": ("organiser", "title"),
}
ORDERS = {
    "learning_outcome": (
        ["semester_id", "name"],
        ["semester_id", "state"],
        ["semester_id", "practical"],
        ["semester_id", "sent_at?"],
        ["semester_id", "certified_at?"],
        ["name"],
        ["state"],
        ["sent_at?"],
        ["certified_at?"],
    ),
    "grade": (
        ["semester_id", "course_grade"],
        ["semester_id", "credits?"],
        ["semester_id", "periods?"],
        ["semester_id", "score?"],
        ["semester_id", "pass_mark"],
        ["semester_id", "passed"],
        ["semester_id", "counted"],
        ["semester_id", "makeup_score?"],
        ["semester_id", "makeup_passed"],
        ["semester_id", "year_score?"],
        ["semester_id", "year_passed"],
    ),
    "elective_course": (["semester_id", "course_name"], ["semester_id", "credits?"], ["semester_id", "chosen_on?"]),
    "student": (
        ["school_class_id?", "seat_no?"],
        ["seat_no?"],
        ["name"],
        ["gender"],
        ["status"],
        ["status_changed_on?"],
        ["division"],
        ["entry_year?"],
        ["admission_route"],
        ["group_code"],
        ["department_code"],
        ["class_type"],
    ),
}
"""`?`: may be missing, and then stands first."""
REPLACED = (
    ("learning_outcome", "name"),
    ("learning_outcome", "state"),
    ("grade", "passed"),
    ("elective_course", "course_name"),
    ("student", "name"),
)


def upgrade() -> None:
    op.create_table(
        "gram",
        sa.Column("field", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("gram", sa.String(2).with_variant(sa.String(2, collation="C"), "postgresql"), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("field", "gram", "record_id", name=op.f("pk_gram")),
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind())
    nulls_first = " NULLS FIRST" if op.get_bind().dialect.name == "postgresql" else ""
    for table, orders in ORDERS.items():
        for columns in orders:
            name = f"ix_{table}_{'_'.join(columns)}_id".replace("?", "")
            listed = ", ".join([*(column.replace("?", nulls_first) for column in columns), "id"])
            op.execute(f"CREATE INDEX {name} ON {table} ({listed})")
    for table, column in REPLACED:
        op.drop_index(f"ix_{table}_{column}", table)


def downgrade() -> None:
    for table, column in REPLACED:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table, orders in ORDERS.items():
        for columns in orders:
            op.drop_index(f"ix_{table}_{'_'.join(columns)}_id".replace("?", ""), table)
    op.drop_table("gram")


def _fill(connection: sa.Connection) -> None:
    """Existing rows, table by table."""
    for table, columns in GRAMMED.items():
        asked = sa.select(*map(sa.column, ("id", *columns))).select_from(sa.table(table))
        rows = ((number, texts) for number, *texts in connection.execute(asked))
        write(connection, rows, [field_number(table, column) for column in columns])
