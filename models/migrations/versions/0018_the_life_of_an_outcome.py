"""Every state of what students hand in, guarded: steps, what was vouched for, places, extensions, substitutes, a class's own window.

SQLite changes a CHECK only by making the table anew, which also drops its triggers: whoever does so to `learning_outcome` or to a
table of 多元表現 later makes the triggers of this file again (`guard`).

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LATER = "'selected', 'submitted', 'received', 'confirmed', 'questioned'"
VOUCHED = f"'certified', {LATER}"
ACHIEVEMENTS = (
    "leadership",
    "contest",
    "certificate",
    "service_learning",
    "flexible_learning",
    "group_activity",
    "workplace_learning",
    "artwork",
    "precollege_course",
    "other_achievement",
)
CHECKS = {
    "learning_outcome": (
        (
            "a_certified_outcome_names_its_certifier",
            "state <> 'certified' OR (certified_at IS NOT NULL AND certified_by_id IS NOT NULL)",
            f"state NOT IN ({VOUCHED}) OR (certified_at IS NOT NULL AND certified_by_id IS NOT NULL)",
        ),
        (
            "outcomestate",
            "state IN ('draft', 'sent', 'certified', 'returned')",
            f"state IN ('draft', 'sent', 'certified', 'returned', {LATER})",
        ),
    ),
    "calendar_window": (
        (
            "windowkind",
            "kind IN ('upload', 'certification', 'selection', 'confirmation')",
            "kind IN ('upload', 'certification', 'selection', 'confirmation', 'achievement')",
        ),
    ),
}
COLUMNS = {
    "learning_outcome": (
        "kind VARCHAR(40) NOT NULL DEFAULT 'report'"
        " CONSTRAINT ck_learning_outcome_outcomekind CHECK (kind IN ('artwork', 'report', 'other'))",
        "previous_id INTEGER CONSTRAINT fk_learning_outcome_previous_id_learning_outcome REFERENCES learning_outcome (id)",
        "certified_for VARCHAR(60) NOT NULL DEFAULT ''",
        "certified_digest VARCHAR(64) NOT NULL DEFAULT ''",
        "doubt VARCHAR(200) NOT NULL DEFAULT ''",
        "doubted_at MOMENT CONSTRAINT ck_learning_outcome_a_doubt_says_what_and_when CHECK ((doubt = '') = (doubted_at IS NULL))",
        "doubt_answer VARCHAR(200) NOT NULL DEFAULT ''",
        "doubt_answered_at MOMENT CONSTRAINT ck_learning_outcome_a_doubts_answer_says_what_and_when"
        " CHECK ((doubt_answer = '') = (doubt_answered_at IS NULL))",
        "question VARCHAR(200) NOT NULL DEFAULT '' CONSTRAINT ck_learning_outcome_a_question_says_what"
        " CHECK (state <> 'questioned' OR question <> '')",
    ),
    "calendar_window": (
        "school_class_id INTEGER CONSTRAINT fk_calendar_window_school_class_id_school_class REFERENCES school_class (id)",
    ),
}
INDEXES = (
    ("learning_outcome", "previous_id"),
    ("learning_outcome", "doubted_at"),
    ("calendar_window", "school_class_id"),
)
STATE = (
    "state VARCHAR(40) NOT NULL DEFAULT 'draft' CONSTRAINT ck_{table}_achievementstate"
    " CHECK (state IN ('draft', 'selected', 'submitted', 'received', 'confirmed', 'questioned'))"
)
QUESTION = (
    "question VARCHAR(200) NOT NULL DEFAULT '' CONSTRAINT ck_{table}_a_question_says_what"
    " CHECK (state <> 'questioned' OR question <> '')"
)
OUTCOME_STEPS = (
    ("draft", "sent"),
    ("returned", "sent"),
    ("sent", "draft"),
    ("sent", "certified"),
    ("sent", "returned"),
    ("certified", "returned"),
    ("draft", "certified"),
    ("certified", "selected"),
    ("selected", "certified"),
    ("selected", "submitted"),
    ("questioned", "submitted"),
    ("submitted", "received"),
    ("received", "confirmed"),
    ("received", "questioned"),
)
ACHIEVEMENT_STEPS = (
    ("draft", "selected"),
    ("selected", "draft"),
    ("selected", "submitted"),
    ("questioned", "submitted"),
    ("submitted", "received"),
    ("received", "confirmed"),
    ("received", "questioned"),
)
"""As `models.workflow` has them; a test holds the one against the other."""
NO_STEP = "no such step"
VOUCHED_FOR = "what was sent never changes"
WORK = ("student_id", "teaching_id", "name", "brief", "kind", "practical")
POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def upgrade() -> None:
    for table, changes in CHECKS.items():
        _change_checks(table, [(name, old, new) for name, old, new in changes])
        for column in _columns(table):
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for table in ACHIEVEMENTS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {STATE.format(table=table)}")
        op.execute(f"ALTER TABLE {table} ADD COLUMN {QUESTION.format(table=table)}")
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    _extension()
    _substitution()
    _places()
    guard()


def downgrade() -> None:
    _unguard()
    for table in ("selection_place", "substitution", "extension"):
        op.drop_table(table)
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table)
    op.execute(f"UPDATE learning_outcome SET state = 'certified' WHERE state IN ({VOUCHED})")
    op.execute("DELETE FROM calendar_window WHERE kind = 'achievement' OR school_class_id IS NOT NULL")
    for table in ACHIEVEMENTS:
        op.drop_column(table, "question")
        op.drop_column(table, "state")
    for table, changes in CHECKS.items():
        if op.get_bind().dialect.name != "sqlite":
            for column in COLUMNS[table]:
                op.drop_column(table, column.split()[0])
        _change_checks(table, [(name, new, old) for name, old, new in changes], without=_columns(table))


def _columns(table: str) -> list[str]:
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP"
    return [column.replace("MOMENT", moment) for column in COLUMNS[table]]


def _change_checks(table: str, changes: list[tuple[str, str, str]], without: Sequence[str] = ()) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(table, [(old, new) for _, old, new in changes] + [(f", {column}", "") for column in without])
        return
    for name, _, new in changes:
        op.drop_constraint(f"ck_{table}_{name}", table)
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({new})")


def _rebuild(table: str, changes: list[tuple[str, str]]) -> None:
    """Make an SQLite table anew from its own words with some of them changed; its rows, indexes and last number stay."""
    bind = op.get_bind()
    words = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE name = :name AND type = 'table'"), {"name": table}
    ).scalar_one()
    indexes = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :name AND type = 'index' AND sql IS NOT NULL"), {"name": table}
    ).scalars()
    again = list(indexes)
    last = bind.execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table}).scalar()
    for old, new in changes:
        if old not in words:
            raise RuntimeError(f"{table}: {old}")
        words = words.replace(old, new)
    op.execute(
        words.replace(f"CREATE TABLE {table}", f"CREATE TABLE new_{table}", 1).replace(
            f'CREATE TABLE "{table}"', f"CREATE TABLE new_{table}", 1
        )
    )
    columns = ", ".join(row[1] for row in bind.execute(sa.text(f"PRAGMA table_info(new_{table})")))
    op.execute(f"INSERT INTO new_{table} ({columns}) SELECT {columns} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE new_{table} RENAME TO {table}")
    for index in again:
        op.execute(index)
    if last is not None:
        bind.execute(sa.text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"), {"last": last, "name": table})


def _terms(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _extension() -> None:
    op.create_table(
        "extension",
        sa.Column("semester_id", sa.Integer(), nullable=False),
        sa.Column("division", _terms("division", "day", "evening"), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _terms("windowkind", "upload", "certification", "selection", "confirmation", "achievement"),
            nullable=False,
        ),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_extension_reason_is_written")),
        sa.ForeignKeyConstraint(["semester_id"], ["semester.id"], name=op.f("fk_extension_semester_id_semester")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_extension_student_id_student")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["staff.id"], name=op.f("fk_extension_approved_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("student_id", "semester_id", "kind", name=op.f("uq_extension_student_id_semester_id_kind")),
    )
    op.create_index(op.f("ix_extension_division_semester_id"), "extension", ["division", "semester_id"])


def _substitution() -> None:
    op.create_table(
        "substitution",
        sa.Column("division", _terms("division", "day", "evening"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("teaching_id", sa.Integer(), nullable=True),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_on >= began_on", name=op.f("ck_substitution_ends_after_it_begins")),
        sa.CheckConstraint("staff_id <> substitute_id", name=op.f("ck_substitution_nobody_substitutes_for_themselves")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_substitution_reason_is_written")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_substitution_staff_id_staff")),
        sa.ForeignKeyConstraint(["substitute_id"], ["staff.id"], name=op.f("fk_substitution_substitute_id_staff")),
        sa.ForeignKeyConstraint(["teaching_id"], ["teaching.id"], name=op.f("fk_substitution_teaching_id_teaching")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index(op.f("ix_substitution_substitute_id_began_on"), "substitution", ["substitute_id", "began_on"])
    for column in ("division", "staff_id", "teaching_id"):
        op.create_index(op.f(f"ix_substitution_{column}"), "substitution", [column])


def _places() -> None:
    op.create_table(
        "selection_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("school_year_id", sa.Integer(), nullable=False),
        sa.Column("kind", _terms("selectionkind", "outcome", "achievement"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("record_kind", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND most", name=op.f("ck_selection_place_is_one_of_the_places")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_selection_place_student_id_student")),
        sa.ForeignKeyConstraint(["school_year_id"], ["school_year.id"], name=op.f("fk_selection_place_school_year_id_school_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_place")),
        sa.UniqueConstraint("student_id", "school_year_id", "kind", "number", name="uq_selection_place_number"),
        sa.UniqueConstraint("record_kind", "record_id", name=op.f("uq_selection_place_record_kind_record_id")),
    )
    op.create_index(op.f("ix_selection_place_school_year_id"), "selection_place", ["school_year_id"])


def guard() -> None:
    """A state only moves by a step of the table, and a work that was sent stays what it was."""
    lite = op.get_bind().dialect.name == "sqlite"
    if not lite:
        op.execute(POSTGRESQL.format(name="refuse_no_such_step", refusal=NO_STEP))
        op.execute(POSTGRESQL.format(name="refuse_change_to_what_was_sent", refusal=VOUCHED_FOR))
    for table in ("learning_outcome", *ACHIEVEMENTS):
        moves = OUTCOME_STEPS if table == "learning_outcome" else ACHIEVEMENT_STEPS
        steps = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in moves)
        _trigger(lite, table, "takes_a_step", f"OLD.state <> NEW.state AND NOT ({steps})", "refuse_no_such_step", NO_STEP)
    differs = "IS NOT" if lite else "IS DISTINCT FROM"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in WORK)
    sent = f"OLD.state NOT IN ('draft', 'returned') AND ({changed})"
    _trigger(lite, "learning_outcome", "stays_as_sent", sent, "refuse_change_to_what_was_sent", VOUCHED_FOR)


def _trigger(lite: bool, table: str, name: str, condition: str, function: str, refusal: str) -> None:
    head = f"CREATE TRIGGER {table}_{name} BEFORE UPDATE ON {table}"
    if lite:
        op.execute(f"{head} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{refusal}'); END")
    else:
        op.execute(f"{head} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function}()")


def _unguard() -> None:
    lite = op.get_bind().dialect.name == "sqlite"
    triggers = [(table, "takes_a_step") for table in ("learning_outcome", *ACHIEVEMENTS)]
    for table, name in (*triggers, ("learning_outcome", "stays_as_sent")):
        op.execute(f"DROP TRIGGER {table}_{name}" + ("" if lite else f" ON {table}"))
    if not lite:
        op.execute("DROP FUNCTION refuse_no_such_step()")
        op.execute("DROP FUNCTION refuse_change_to_what_was_sent()")
