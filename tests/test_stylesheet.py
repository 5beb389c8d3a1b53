"""A kit's style sheet is fitted to our pages: what they use stays as it was, what they do not goes, dark follows the system."""

from __future__ import annotations

import pytest

from admin_app.statics import shelf
from admin_app.stylesheet import SYSTEM_IS_DARK, fitted, parse

WORDS = {"btn", "btn-primary", "card", "md:flex"}


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".btn{color:red}.carousel{color:red}", ".btn{color:red}"),
        (".btn,.carousel{color:red}", ".btn{color:red}"),
        (".card .carousel,.card .btn{color:red}", ".card .btn{color:red}"),
        ("a:not(.carousel),p{margin:0}", "a:not(.carousel),p{margin:0}"),
        (":is(.btn,.carousel){margin:0}", ":is(.btn,.carousel){margin:0}"),
        (r".md\:flex{display:flex}.md\:grid{display:grid}", r".md\:flex{display:flex}"),
        ("@media print{.carousel{top:0}.btn{top:0}}", "@media print{.btn{top:0}}"),
        ("@media print{.carousel{top:0}}p{top:0}", "p{top:0}"),
        ('.btn::before{content:"}.x{"}', '.btn::before{content:"}.x{"}'),
        ('@charset "UTF-8";/* .x{ */p{top:0}', "p{top:0}"),
        ("@keyframes turn{to{rotate:1turn}}p{top:0}", "@keyframes turn{to{rotate:1turn}}p{top:0}"),
    ],
)
def test_only_what_pages_can_use_stays(css: str, left: str) -> None:
    assert fitted(css, WORDS) == left


def test_names_nobody_refers_to_go_with_what_only_they_refer_to() -> None:
    css = ":root{--used:1px;--deep:2px;--unused:var(--deep);--ours:3px}p{top:var(--used)}"
    assert fitted(css, WORDS, "main{top:var(--ours)}") == ":root{--used:1px;--ours:3px}p{top:var(--used)}"


def test_a_picture_in_a_name_stays_whole() -> None:
    css = """:root{--img:url("data:image/svg+xml,%3csvg a='b;c'%3e");--none:url('x;y')}p{background:var(--img)}"""
    assert fitted(css, WORDS) == """:root{--img:url("data:image/svg+xml,%3csvg a='b;c'%3e");}p{background:var(--img)}"""


def test_dark_follows_the_system_instead_of_a_script() -> None:
    css = ".theme-dark,[data-bs-theme=dark],body[data-bs-theme=dark] [data-bs-theme=light]{color:white}"
    css += "[data-bs-theme=dark] .btn{top:0}"
    assert fitted(css, WORDS) == f"{SYSTEM_IS_DARK}{{:root{{color:white}}}}{SYSTEM_IS_DARK}{{:root .btn{{top:0}}}}"


def test_a_broken_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="ends inside a rule"):
        list(parse("p{top:0"))


def test_tom_select_stays_whole_because_it_puts_names_together() -> None:
    served = shelf().files["vendor/tom-select.bootstrap5.min.css"].body.decode()
    assert ".plugin-clear_button .clear-button" in served
    assert ".plugin-remove_button" in served
