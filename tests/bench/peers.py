"""The two applications as the measurements see them: how to start them, and where each asks for the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from admin_app.database import normal_url
from tests.bench.pages import LIST_COLUMNS
from tests.bench.school import DATA_KEY, School

OURS, STOCK = "ours", "stock"


@dataclass(frozen=True)
class Peer:
    """One application. `term` and `whole`: page 1 of the current semester's rows and of all rows; `csv`: all rows as CSV."""

    name: str
    target: str
    environ: Mapping[str, str]
    term: str
    whole: str
    csv: str
    csv_method: str
    edit: str


def ours(school: School, folder: Path) -> Peer:
    """This system, as `portfolio serve` runs it."""
    columns = ",".join(key for key, _ in LIST_COLUMNS)
    environ = {
        "PORTFOLIO_DATABASE_URL": school.url,
        "PORTFOLIO_SECRET_KEY": "an invented secret for the benchmark",
        "PORTFOLIO_DATA_KEY": DATA_KEY,
        "PORTFOLIO_DATA_DIR": str(folder),
        "PORTFOLIO_INSECURE_COOKIES": "1",
    }
    return Peer(
        name=OURS,
        target="wsgi:app",
        environ=environ,
        term=f"/admin/grade/?semester={school.semester_id}&cols={columns}",
        whole=f"/admin/grade/?semester=all&cols={columns}",
        csv="/admin/grade/export/csv/?semester=all",
        csv_method="POST",
        edit=f"/admin/grade/edit/?id={school.grade_id}",
    )


def stock(school: School) -> Peer:
    """The yardstick."""
    return Peer(
        name=STOCK,
        target="tests.bench.stock:app()",
        environ={"BENCH_DATABASE_URL": normal_url(school.url)},
        term=f"/admin/grade/?flt0_0={school.semester_id}",
        whole="/admin/grade/",
        csv="/admin/grade/export/csv/",
        csv_method="GET",
        edit=f"/admin/grade/edit/?id={school.grade_id}",
    )
