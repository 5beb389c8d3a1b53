"""Which columns stand in a list and in what order, how dense it is, and its totals."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from admin_app.extensions import db
from models.records.achievements.service_learning import ServiceLearning
from tests.conftest import SchoolClient

Clients = Callable[[str], SchoolClient]


def headings(html: str) -> list[str]:
    head = html.split("<thead>")[1].split("</thead>")[0]
    return re.findall(r"<th[^>]*>(?:<a[^>]*>|<span>)([^<]+)", head)[:-1]


def test_columns_stand_in_the_order_chosen(client_for: Clients) -> None:
    client = client_for("registration_section")
    assert headings(client.get("/admin/student/?cols=name,school_class.name").text) == ["姓名", "班級"]


def test_a_column_of_the_details_can_be_added_but_not_sorted_by(client_for: Clients) -> None:
    client = client_for("registration_section")
    assert headings(client.get("/admin/student/?cols=name,admission_route").text) == ["姓名", "入學方式"]
    assert client.get("/admin/student/?sort=admission_route").status_code == 400


def test_a_sensitive_column_cannot_be_added(client_for: Clients) -> None:
    html = client_for("registration_section").get("/admin/student/?cols=name,special_status,indigenous_group").text
    assert headings(html) == ["姓名"]


def test_density_comes_from_the_address_or_the_device(client_for: Clients) -> None:
    client = client_for("registration_section")
    assert 'class="records compact' in client.get("/admin/student/?density=compact").text
    client.set_cookie("density", "compact")
    assert 'class="records compact' in client.get("/admin/student/").text
    assert 'class="records compact' not in client.get("/admin/student/?density=comfortable").text
    client.delete_cookie("density")


def test_totals_are_those_of_every_matching_row(app: Flask, client_for: Clients) -> None:
    html = client_for("executive_secretary").get("/admin/service_learning/?semester=all&totals=1&page_size=20").text
    with app.app_context():
        hours, mean = db.session.execute(select(func.sum(ServiceLearning.hours), func.avg(ServiceLearning.hours))).one()
    assert f"合計 {float(hours):,.10g}\n平均 {float(mean):,.1f}" in html


def test_seats_are_not_added_up(client_for: Clients) -> None:
    html = client_for("registration_section").get("/admin/student/?totals=1").text
    assert "合計" not in html
