"""密碼單 of a whole grade: one encrypted file, opened once by its maker within a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, select

from admin_app import clock
from admin_app.database import engine_options
from admin_app.services import accounts as passwords
from admin_app.services.account_life import slip_batches
from admin_app.services.jobs.registry import load_all
from admin_app.services.jobs.runner import run_job
from models.job import Job
from models.people import Account
from tests.permissions.school import School

Clients = Callable[[str], Any]
SLIP = re.compile(r"<dd>([^<]+)</dd>.*?slip-password\">([^<]+)<", re.DOTALL)


def made(app: Flask, place: School, client: Any) -> int:
    """A finished batch of the second grade's students, most of whom have no account in the demo."""
    answer = client.post("/accounts/slips/batches/new", data={"kind": "student", "grade": "2", "layout": "cut"})
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    load_all()
    settings = app.extensions["settings"]
    engine = create_engine(**engine_options(settings.database_url))
    assert run_job(engine, settings, number)
    engine.dispose()
    return number


def test_a_batch_opens_once_for_its_maker(app: Flask, place: School, client_for: Clients) -> None:
    client = client_for("equipment_section")
    number = made(app, place, client)
    kept = slip_batches.path_of(app.extensions["settings"].data_dir, number)
    address = f"/accounts/slips/batches/{number}"
    assert client_for("evening_division").post(address).status_code == 404
    assert client.get(address).status_code == 200
    sealed = kept.read_bytes()
    page = client.post(address)
    found = dict(SLIP.findall(page.text))
    assert (page.status_code, page.headers["Cache-Control"], len(found) > 0) == (200, "no-store", True)
    assert not any(password.encode() in sealed for password in found.values())
    username, password = next(iter(found.items()))
    with place.session() as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        assert passwords.verify(account, password)
        assert account.must_change_password
    assert client.post(address).status_code == 404
    assert not list(kept.parent.glob(f"{number}.*"))


def test_after_a_day_it_is_gone(app: Flask, place: School, client_for: Clients) -> None:
    client = client_for("equipment_section")
    number = made(app, place, client)
    with place.session() as session:
        session.get_one(Job, number).finished_at = clock.now() - dt.timedelta(hours=25)
    assert client.post(f"/accounts/slips/batches/{number}").status_code == 404
