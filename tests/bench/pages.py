"""What both applications are asked for: the same columns of the same rows in the same order."""

from __future__ import annotations

LIST_COLUMNS = (
    ("student.school_class.name", "student.school_class"),
    ("student.name", "student"),
    ("course.name", "course"),
    ("course_grade", "course_grade"),
    ("credits", "credits"),
    ("score", "score"),
    ("pass_mark", "pass_mark"),
    ("passed", "passed"),
)
"""Eight columns, three of them labels of related rows: as our grid names them, as Flask-Admin does."""

EXPORT_COLUMNS = (
    ("student.school_class.name", "student.school_class"),
    ("student.seat_no", "student.seat_no"),
    ("student.student_no", "student.student_no"),
    ("student.name", "student"),
    ("course.code", "course.code"),
    ("course.name", "course"),
    *(
        (name, name)
        for name in (
            "course_grade",
            "credits",
            "periods",
            "score",
            "pass_mark",
            "passed",
            "makeup_score",
            "makeup_passed",
            "counted",
            "year_score",
            "year_passed",
            "description",
        )
    ),
)
"""The columns of our 修課成績 export, which the yardstick exports as well."""
