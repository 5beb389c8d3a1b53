"""The floor: a driver, one count, one statement and one compiled template. No framework, no person, no permission."""

import os
import sqlite3
import threading
from urllib.parse import parse_qs

import psycopg
from jinja2 import Environment

URL = os.environ["BENCH_RAW_URL"]
SQLITE = URL.startswith("sqlite:///")
KEPT = threading.local()
PAGE = Environment(autoescape=True).from_string(
    """<!doctype html><meta charset="utf-8"><title>raw</title><p>{{ total }}</p><table>
{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table>"""
)
COUNT = "SELECT count(*) FROM learning_outcome"
ROWS = """SELECT s.name, c.name, t.name, o.name, o.practical, o.state, o.sent_at, o.certified_at
FROM learning_outcome o JOIN student s ON s.id = o.student_id JOIN teaching g ON g.id = o.teaching_id
JOIN course c ON c.id = g.course_id JOIN staff t ON t.id = g.staff_id
ORDER BY s.school_class_id, s.seat_no, o.name, o.id LIMIT 50"""
NEWEST = ROWS.partition("ORDER BY")[0] + "ORDER BY o.id DESC LIMIT 50"


def connection():
    if not hasattr(KEPT, "connection"):
        opened = sqlite3.connect(URL[10:], isolation_level=None) if SQLITE else psycopg.connect(URL, autocommit=True)
        KEPT.connection = opened
    return KEPT.connection


def app(environ, start_response):
    if environ["PATH_INFO"] != "/list":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    order = parse_qs(environ["QUERY_STRING"]).get("order", [""])[0]
    total = connection().execute(COUNT).fetchone()[0]
    rows = connection().execute(NEWEST if order == "newest" else ROWS).fetchall()
    body = PAGE.render(rows=rows, total=total).encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
