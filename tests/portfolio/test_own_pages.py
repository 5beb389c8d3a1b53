"""The student's own pages: a file with its form, the receipt, sending and taking back, what may be stated."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask

PNG_NAME = "車床.png"


def picture() -> bytes:
    """A small picture, different each time it is asked for."""
    image = pytest.importorskip("PIL.Image").effect_noise((64, 64), 90)
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()


def test_a_plain_form_carries_a_file_to_a_receipt_and_to_the_teacher(app: Flask, client_for: Any) -> None:
    student = client_for("student")
    assert 'href="/portfolio/">我的學習歷程' in student.get("/admin/").text
    page = student.get("/portfolio/")
    assert page.status_code == 200 and "還可以上傳多少" in page.text
    new = re.search(r"/portfolio/learning_outcome/new\?teaching=(\d+)", page.text)
    assert new is not None
    form = student.get(new[0])
    once = re.search(r'name="once" value="([^"]+)"', form.text)
    assert once is not None
    typed = {"teaching": new[1], "name": "階級桿量測", "brief": "", "kind": "report", "once": once[1]}
    refused = student.post("/portfolio/learning_outcome/new", data={**typed, "upload": (io.BytesIO(picture()), PNG_NAME)})
    assert refused.status_code == 422 and PNG_NAME in refused.text and "階級桿量測" in refused.text
    kept = re.search(r'name="files" value="(\d+)" checked', refused.text)
    assert kept is not None  # what was received stays received
    saved = student.post("/portfolio/learning_outcome/new", data={**typed, "brief": "量測三次。", "files": kept[1]})
    assert saved.status_code == 302
    here = saved.headers["Location"]
    shown = student.get(here)
    number = re.search(r"/portfolio/receipts/([0-9A-Z-]+)", shown.text)
    assert number is not None and PNG_NAME in shown.text
    receipt = student.get(number[0])
    assert receipt.status_code == 200 and "已收檔" in receipt.text
    assert student.post(f"{here}/send").status_code == 302
    assert student.get(f"{here}/edit").status_code == 409
    assert student.post(f"{here}/withdraw").status_code == 302
    assert student.get(f"{here}/edit").status_code == 200
    for path in ("/portfolio/receipts", "/portfolio/selection", "/portfolio/categories", "/portfolio/artwork/new"):
        assert student.get(path).status_code == 200, path

    asked = student.post("/receipts", data={"number": number[1]})
    assert asked.status_code == 200 and "本校收檔" in asked.text and PNG_NAME not in asked.text
    assert student.post("/receipts", data={"number": number[1][:-1] + "!"}).status_code == 404
    assert client_for("teacher").get(here).status_code == 403
