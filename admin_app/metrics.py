"""Figures for a monitoring system: requests by endpoint, and what the job table and the outbox hold. Off until a token is set."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.config import Settings
from models.job import Job, JobState
from models.mail import Mail, MailState

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
OWN = CollectorRegistry()
REQUESTS = Counter("portfolio_requests", "Requests answered.", ["method", "endpoint", "status"], registry=OWN)
SECONDS = Histogram(
    "portfolio_request_seconds",
    "Seconds until an answer began.",
    ["endpoint"],
    registry=OWN,
    buckets=(0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def prepare(settings: Settings) -> dict[str, str]:
    """What the web processes' environment needs, so that the figures of several add up: an empty folder in the data directory.

    The library reads it when it is first imported, hence before the processes start.
    """
    if not settings.metrics_token:
        return {}
    folder = settings.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {FOLDER: str(folder)}


def watch(app: Flask) -> None:
    """Count the requests of `app`."""

    @app.after_request
    def count(response: Response) -> Response:
        method = request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
        endpoint = request.endpoint or "none"
        REQUESTS.labels(method, endpoint, str(response.status_code)).inc()
        if "began" in g:
            SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
        return response


def text(session: Session) -> bytes:
    """Everything in the exposition format."""
    registry = CollectorRegistry()
    folder = os.environ.get(FOLDER, "")
    if folder and Path(folder).is_dir():
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    else:
        for metric in (REQUESTS, SECONDS):
            registry.register(metric)
    registry.register(Backlog(session))
    return generate_latest(registry)


class Backlog(Collector):
    """What waits in the database. Two statements over indexes, at the moment somebody asks."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        unfinished = Job.state.in_((JobState.queued, JobState.running)) | (Job.finished_at > now - dt.timedelta(days=1))
        yield self._states("portfolio_jobs", "Jobs by state; those ended, of the last day.", Job, unfinished)
        waiting = Mail.state.in_((MailState.waiting, MailState.sending)) | (Mail.created_at > now - dt.timedelta(days=1))
        yield self._states("portfolio_mails", "Mails by state; those ended, of the last day.", Mail, waiting)
        oldest = self.session.scalar(select(func.min(Job.run_after)).where(Job.state == JobState.queued, Job.run_after <= now))
        late = GaugeMetricFamily("portfolio_oldest_job_seconds", "How long the oldest due job has been waiting.")
        late.add_metric([], (now - oldest).total_seconds() if oldest else 0)
        yield late

    def _states(self, name: str, help: str, model: type[Job] | type[Mail], which: object) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, help, labels=["state"])
        counted = select(model.state, func.count()).where(which).group_by(model.state)  # type: ignore[arg-type]
        for state, count in self.session.execute(counted):
            family.add_metric([state.name], count)
        return family
