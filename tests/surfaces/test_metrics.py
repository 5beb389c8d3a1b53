"""Figures for a monitoring system: off until there is a token, for its holder only, added up over several processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from admin_app.config import ConfigError, read_settings
from tests.conftest import DATA_KEY
from tests.databases import Servers
from tests.surfaces.conftest import TOKEN

HOME = Path(__file__).parents[2]


def figures(text: str) -> dict[tuple[str, str], float]:
    """(name, the labels' values) → figure."""
    families = text_string_to_metric_families(text)
    return {
        (each.name, " ".join(value for _, value in sorted(each.labels.items()))): each.value
        for family in families
        for each in family.samples
    }


def test_without_a_token_there_are_no_figures(anonymous: FlaskClient) -> None:
    assert anonymous.get("/metrics").status_code == 404
    assert anonymous.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer wrong", TOKEN[:-1], f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer 密"]
)
def test_without_the_right_token_nobody_reads_them(given: str | None, served: Flask) -> None:
    headers = {} if given is None else {"Authorization": given}
    answer = served.test_client().get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert "portfolio_requests" not in answer.text


def test_requests_jobs_and_mails_are_counted(served: Flask) -> None:
    client: Any = served.test_client()
    client.get("/login")
    found = figures(client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text)
    assert found["portfolio_requests_total", "access.sign_in GET 200"] >= 1
    assert ("portfolio_oldest_job_seconds", "") in found


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    environ = {"PORTFOLIO_SECRET_KEY": "a secret key for tests only", "PORTFOLIO_DATA_DIR": str(tmp_path)}
    with pytest.raises(ConfigError, match="PORTFOLIO_METRICS_TOKEN"):
        read_settings({**environ, "PORTFOLIO_METRICS_TOKEN": "short"})


def test_the_figures_of_several_processes_add_up(servers: Servers, tmp_path: Path) -> None:
    program = "from admin_app.cli import cli; cli(['serve', '--demo'])"
    environ = {
        **os.environ,
        "PYTHONPATH": str(HOME),
        "PORTFOLIO_DATABASE_URL": servers.copy("sqlite", "school"),
        "PORTFOLIO_DATA_KEY": DATA_KEY.decode(),
        "PORTFOLIO_DATA_DIR": str(tmp_path),
        "PORTFOLIO_PORT": "8109",
        "PORTFOLIO_WORKERS": "3",
        "PORTFOLIO_METRICS_TOKEN": TOKEN,
    }
    serving = subprocess.Popen(
        [sys.executable, "-c", program], env=environ, cwd=HOME, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        wait_for("http://127.0.0.1:8109/healthz")
        for _ in range(40):
            fetch("http://127.0.0.1:8109/healthz")
        found = figures(fetch("http://127.0.0.1:8109/metrics", Authorization=f"Bearer {TOKEN}"))
    finally:
        serving.terminate()
        serving.wait(timeout=40)
    assert found["portfolio_requests_total", "health.alive GET 200"] >= 41


def fetch(url: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:  # noqa: S310
        return str(answer.read().decode())


def wait_for(url: str) -> None:
    end = time.monotonic() + 40
    while True:
        try:
            fetch(url)
        except OSError:
            assert time.monotonic() < end, "等不到"
            time.sleep(0.2)
        else:
            return
