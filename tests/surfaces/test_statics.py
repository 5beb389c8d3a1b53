"""Our own files: an address that changes with them, kept for a year, made small; whatever else answers is asked about each time."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from admin_app.statics import FOLDER, Shelf, shelf

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def visitor(served: Flask) -> Any:
    return served.test_client()


def addresses(html: str) -> list[str]:
    return re.findall(r"""(?:href|src)=["'](/static/[^"'#]+)""", html)


def test_every_file_a_page_names_is_there_and_kept_for_a_year(visitor: Any) -> None:
    found = addresses(visitor.get("/login").text)
    assert len(found) > 10
    for address in found:
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_the_same_for_everybody(visitor: Any) -> None:
    """Nothing about it depends on the cookie, or a browser would ask for it again after signing in."""
    visitor.get("/login")
    answer = visitor.get(f"/static/{shelf().digest}/app.css")
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


def test_a_page_names_no_file_twice(visitor: Any) -> None:
    """A script may be named again where its loading is announced; a style sheet never."""
    html = visitor.get("/login").text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    fetched_early = re.findall(r'<link rel="(?:modulepreload|prefetch)" href="([^"]+)"', html)
    assert len(set(sheets)) == len(sheets)
    assert len(set(fetched_early)) == len(fetched_early)
    assert not set(sheets) & set(fetched_early)


def test_what_scripts_import_lies_under_the_same_digest(visitor: Any) -> None:
    html = visitor.get("/login").text
    main = next(address for address in addresses(html) if address.endswith("/js/main.js"))
    for name in re.findall(r'from "\./([a-z]+\.js)"', visitor.get(main).text):
        assert main.replace("main.js", name) in html


@pytest.mark.parametrize("kind", [".css", ".js", ".svg"])
def test_a_file_travels_compressed_and_arrives_whole(kind: str, visitor: Any) -> None:
    for name, file in shelf().files.items():
        if name.endswith(kind):
            answer = visitor.get(f"/static/{shelf().digest}/{name}", headers=GZIP)
            packed = answer.headers.get("Content-Encoding") == "gzip"
            assert (gzip.decompress(answer.data) if packed else answer.data) == file.body
            assert packed is (len(file.packed) < len(file.body))
            assert "Accept-Encoding" in answer.headers["Vary"]


def test_who_takes_no_compression_gets_none(visitor: Any) -> None:
    for said in ({}, {"Accept-Encoding": "gzip;q=0"}):
        answer = visitor.get(f"/static/{shelf().digest}/app.css", headers=said)
        assert "Content-Encoding" not in answer.headers
        assert answer.data == (FOLDER / "app.css").read_bytes()


@pytest.mark.parametrize("address", ["/static/app.css", "/static/0123456789ab/app.css", "/static/js/main.js"])
def test_another_address_of_a_file_is_asked_about_each_time(address: str, visitor: Any) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    again = visitor.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_the_address_changes_when_any_file_does() -> None:
    one = Shelf(dict(shelf().files))
    name, file = next(iter(one.files.items()))
    other = Shelf({**one.files, name: type(file)(file.body + b" ", file.kind)})
    assert one.digest == shelf().digest != other.digest


@pytest.mark.parametrize("path", ["", "/", "none.css", "../config.py", "..%2fconfig.py", "js", "js/", "vendor/"])
def test_nothing_else_is_there(path: str, visitor: Any) -> None:
    for before in ("/static/", f"/static/{shelf().digest}/"):
        assert visitor.get(before + path).status_code == 404


def test_flask_admins_own_files_are_not_served(served: Flask, visitor: Any) -> None:
    """Bootstrap 4, jQuery and Select2 3.5: no page of ours uses them."""
    assert not [rule.rule for rule in served.url_map.iter_rules() if rule.rule.startswith("/admin/static")]
    assert visitor.get("/admin/static/bootstrap/bootstrap4/js/bootstrap.min.js").status_code == 404


def test_no_style_sheet_waits_for_another_file() -> None:
    for name, file in shelf().files.items():
        if name.endswith(".css"):
            assert not re.search(rb"@import|url\(\s*(?![\"']?data:)", file.body), name


def test_what_is_not_ours_is_not_committed() -> None:
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text(encoding="utf-8").split()
    assert "admin_app/static/vendor/" in ignored
