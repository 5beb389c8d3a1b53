"""The same store on an S3-compatible server (moto's, over HTTP)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import func, select

from admin_app import clock
from admin_app.services.evidence import copying, sweeping, verifying
from admin_app.storage import ObjectStore, Stores, install
from models.evidence import StoredFile
from tests.evidence import files
from tests.evidence.conftest import Desk

KEYS = {"aws_access_key_id": "school", "aws_secret_access_key": "a+b/c=secret"}


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    client: Any = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **KEYS)
    client.create_bucket(Bucket="evidence")
    client.close()
    yield f"s3://school:a%2Bb%2Fc%3Dsecret@{host}:{port}/evidence/FOLDER?region=us-east-1&tls=0"
    server.stop()


def test_files_are_kept_read_in_parts_and_let_go(bucket: str, tmp_path: Path) -> None:
    store, content = ObjectStore(bucket.replace("FOLDER", "parts"), tmp_path), files.mp4()
    digest = hashlib.sha256(content).hexdigest()
    assert not store.has(digest)
    with store.incoming() as arrival:
        arrival.write(content)
        store.keep(arrival)
    assert store.has(digest) and [(each.sha256, each.size) for each in store.found()] == [(digest, len(content))]
    with store.open(digest) as file:
        file.seek(1000)
        assert file.read(50) == content[1000:1050]
        file.seek(-10, io.SEEK_END)
        assert file.read() == content[-10:]
    store.remove(digest)
    assert not store.has(digest)
    with pytest.raises(FileNotFoundError):
        store.open(digest)


def test_a_school_keeps_its_files_there_and_copies_elsewhere(desk: Desk, bucket: str, tmp_path: Path) -> None:
    url = desk.session.get_bind().engine.url.render_as_string(hide_password=False)
    name = desk.session.get_bind().dialect.name
    files_there = ObjectStore(bucket.replace("FOLDER", f"{name}-files"), tmp_path)
    copies = ObjectStore(bucket.replace("FOLDER", f"{name}-copies"), tmp_path)
    desk.stores = install(url, Stores(files=files_there, previews=tmp_path / "previews", copies=copies))
    made = desk.hand_in(files.jpg(gps=True))
    for stored in (made.stored_file, made.stored_file.served):
        assert copying.copy(desk.stores, stored, now=clock.now()) == ""
    check = verifying.start(desk.session, now=clock.now())
    verifying.run(desk.session, desk.stores, check, clock=clock.now, report=lambda check, findings: None)
    assert (check.problems, check.files) == (0, 2)
    files_there.remove(made.stored_file.sha256)
    stray = files_there.incoming()
    stray.write(b"nobody's")
    files_there.keep(stray)
    stray.close()
    again = verifying.start(desk.session, now=clock.now())
    verifying.run(desk.session, desk.stores, again, clock=clock.now, report=lambda check, findings: None)
    assert again.problems == 1 and made.receipt_no in again.findings
    assert sweeping.sweep_orphans(desk.session, files_there, now=clock.now() + sweeping.UNCLAIMED * 2) == 1
    assert desk.session.scalar(select(func.count()).select_from(StoredFile)) == 2


def test_a_store_that_is_away_means_no_receipt(desk: Desk, tmp_path: Path) -> None:
    url = desk.session.get_bind().engine.url.render_as_string(hide_password=False)
    away = ObjectStore("s3://school:secret@127.0.0.1:1/evidence?tls=0", tmp_path / "staging")
    desk.stores = install(url, Stores(files=away, previews=tmp_path / "previews"))
    with pytest.raises(Exception, match="連不上"):
        desk.hand_in(files.pdf())
    assert not list((tmp_path / "staging" / "incoming").glob("*"))
