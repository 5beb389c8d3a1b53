"""Account life lived-in: who signed in and who never did, a post about to be handed over, one vacant, a yearly review under way."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from admin_app.actor import load_actor
from admin_app.rulebook import load_rulebook
from admin_app.services import reviewing
from models.access_review import AccessReview, ReviewFinding
from models.mail import Mail, MailState
from models.people import Account, Appointment
from seed.demo.school import School, chance

KEEPERS = ("equipment_section", "evening_division")
CONFIRMED, BEGUN = "library", "student_affairs_office"
LEFT, CHANGES = "畜產保健科", "食品加工科"
DAY = dt.timedelta(days=1)


def build_account_life(school: School) -> None:
    """After accounts and posts are there."""
    _hand_over(school)
    _sign_ins(school)
    _letters(school)
    _reviews(school)
    school.session.flush()


def _sign_ins(school: School) -> None:
    rng, morning = chance("登入"), dt.datetime.combine(school.today, dt.time(7, 40))
    for account in school.session.scalars(select(Account).order_by(Account.id)):
        account.created_on = school.previous.semester.starts_on
        fate = rng.random()
        if fate < 0.6:
            account.signed_in_at = morning - dt.timedelta(minutes=rng.randrange(60 * 24 * 40))
        elif fate < 0.7:
            account.signed_in_at = morning - dt.timedelta(days=rng.randrange(190, 260))
        elif account.student_id and fate < 0.8 and account.student and account.username == account.student.student_no:
            account.must_change_password, account.first_password_until = True, school.today + 20 * DAY


def _letters(school: School) -> None:
    """The guardians were sent a link to set their password; what a sent letter said is not kept."""
    morning = dt.datetime.combine(school.current.semester.starts_on, dt.time(9, 0))
    guardians = select(Account).where(Account.guardian_id.is_not(None)).order_by(Account.id)
    school.add(
        Mail(
            account=account,
            division=account.division,
            kind="設定密碼連結",
            mail_to=account.guardian.email if account.guardian else "",
            mail_subject="設定學生學習歷程檔案系統的密碼",
            mail_body="",
            one_time=True,
            state=MailState.sent,
            attempts=1,
            try_after=morning,
            message_id=f"demo-{account.username}",
            created_at=morning,
            sent_at=morning + dt.timedelta(seconds=20),
        )
        for account in school.session.scalars(guardians).all()
    )


def _hand_over(school: School) -> None:
    """The head of one 科 has moved on and nobody follows yet; that of another changes with the second semester."""
    heads = select(Appointment).where(Appointment.post == "department_head").order_by(Appointment.id)
    by_name = {row.department.name: row for row in school.session.scalars(heads) if row.department}
    by_name[LEFT].ended_on = school.today - 5 * DAY
    old, taken = by_name[CHANGES], school.posts["homeroom_teacher"][-1]
    day = school.current.semester.ends_on + DAY
    school.add(
        [
            Appointment(
                post=old.post,
                division=old.division,
                staff=taken,
                department=old.department,
                school_year=old.school_year,
                began_on=day,
                ended_on=old.ended_on,
                basis=f"{school.current.semester.school_year.year} 學年度第 2 學期聘書",
                succeeds=old.id,
                succeeded_until=old.ended_on,
            )
        ]
    )
    old.ended_on = day - DAY


def _reviews(school: School) -> None:
    """Opened ten days ago: one unit is done, one half, the others have not begun."""
    session, book = school.session, load_rulebook(school.session, school.edition.id)
    year = school.current.semester.school_year
    opened: list[AccessReview] = []
    for username in KEEPERS:
        keeper = session.scalars(select(Account).where(Account.username == username)).one()
        by = load_actor(session, keeper, book, on=school.today)
        opened += reviewing.open_reviews(session, year, by=by, on=school.today - 10 * DAY)
    for review in opened:
        lines = reviewing.lines_of(session, review)
        done = lines if review.unit == CONFIRMED else lines[:3] if review.unit == BEGUN else []
        for line in done:
            line.finding = ReviewFinding.keep
        if review.unit == CONFIRMED:
            head = reviewing.heads_of(session, book, review.unit, on=school.today)[0]
            review.confirmed_on = school.today - 6 * DAY
            review.confirmed_by = f"{head.staff.name if head.staff else ''}（{book.zh(head.post)}）"
