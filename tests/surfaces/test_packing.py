"""Pages, figures and lists leave compressed where that is asked for, whole, and with a length that tells nobody anything."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from flask import Flask

from models.verbs import ExportPurpose
from tests.surfaces.conftest import SecureClient

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def client(served: Flask) -> SecureClient:
    made: Any = served.test_client()
    return made.enter("equipment_section")  # type: ignore[no-any-return]


def test_a_grid_leaves_small(client: SecureClient) -> None:
    answer = client.get("/admin/account/", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) <= 25_000
    assert "</html>" in gzip.decompress(answer.data).decode()


def test_a_page_says_the_same_compressed_and_not(client: SecureClient) -> None:
    plain = client.get("/regulation")
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    packed = gzip.decompress(client.get("/regulation", headers=GZIP).data).decode()
    assert packed.split("<main")[1] == plain.text.split("<main")[1]


def test_the_length_of_a_page_varies(client: SecureClient) -> None:
    """Against BREACH: a filler of random length in the header of each answer."""
    lengths = {len(client.get("/regulation", headers=GZIP).data) for _ in range(12)}
    assert max(lengths) - min(lengths) > 10


def test_a_list_is_compressed_while_it_is_made(client: SecureClient) -> None:
    purpose = {"purpose": next(iter(ExportPurpose.__members__))}
    plain = client.post("/admin/staff/export/csv/", data=purpose)
    packed = client.post("/admin/staff/export/csv/", data=purpose, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Length" not in packed.headers
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)


def test_a_workbook_is_small_already(client: SecureClient) -> None:
    purpose = {"purpose": next(iter(ExportPurpose.__members__))}
    answer = client.post("/admin/staff/export/xlsx/", data=purpose, headers=GZIP)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"PK")
    answer.close()


def test_a_list_nobody_reads_to_its_end_is_closed(client: SecureClient) -> None:
    purpose = {"purpose": next(iter(ExportPurpose.__members__))}
    answer = client.post("/admin/staff/export/csv/", data=purpose, headers=GZIP, buffered=False)
    assert next(answer.iter_encoded()).startswith(b"\x1f\x8b")
    answer.close()
    assert client.get("/admin/", headers=GZIP).status_code == 200


@pytest.mark.parametrize(("address", "status"), [("/no-such-page", 404), ("/admin/account/?page=-1", 400)])
def test_an_error_leaves_small_too(address: str, status: int, client: SecureClient) -> None:
    answer = client.get(address, headers=GZIP)
    assert answer.status_code == status
    assert str(status) in gzip.decompress(answer.data).decode()


def test_what_is_short_stays_as_it_is(client: SecureClient) -> None:
    answer = client.get("/healthz", headers=GZIP)
    assert "Content-Encoding" not in answer.headers


def test_a_head_says_what_a_get_would(client: SecureClient) -> None:
    answer = client.head("/admin/", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.data == b""
