"""What a walker finds on a page: where it leads, and what its forms would send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = ("text", "search", "email", "tel", "url", "number", "date", "password", "textarea")


@dataclass
class Form:
    """A form of a page: its fields in order, each with its kind and value."""

    method: str
    action: str
    upload: bool
    fields: list[tuple[str, str, str]] = field(default_factory=list)

    def untouched(self) -> list[tuple[str, str]]:
        """What it sends as it stands, with the first box of each name ticked."""
        return [(name, value) for name, _, value in self.fields]

    def emptied(self) -> list[tuple[str, str]]:
        """The same with nothing typed."""
        return [(name, "" if kind in TYPED else value) for name, kind, value in self.fields]


class Reader(HTMLParser):
    """Reads links and forms in one go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.strays: list[tuple[str, tuple[str, str, str]]] = []
        self._named: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: tuple[str, str, list[str]] | None = None
        self.feed(html)
        for owner, each in self.strays:
            if owner in self._named:
                self._named[owner].fields.append(each)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in attributes}
        self.links += [
            value for name, value in attrs.items() if value.startswith("/") and (name == "href" or name.startswith("data-"))
        ]
        if tag == "form":
            self._open(attrs)
        elif tag == "select":
            self._select = (attrs.get("name", ""), attrs.get("form", ""), [])
        elif tag == "option" and self._select is not None:
            values = self._select[2]
            values[: 1 if "selected" in attrs else 0] = [attrs.get("value", "")] if "selected" in attrs else []
            values += [] if "selected" in attrs else [attrs.get("value", "")]
        elif tag in ("input", "textarea", "button") and attrs.get("name"):
            self._field(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None:
            name, owner, values = self._select
            self._keep(owner, (name, "select", next(iter(values), "")))
            self._select = None

    def _open(self, attrs: dict[str, str]) -> None:
        self._form = Form(attrs.get("method", "get").lower(), attrs.get("action", ""), "multipart" in attrs.get("enctype", ""))
        self.forms.append(self._form)
        if attrs.get("id"):
            self._named[attrs["id"]] = self._form

    def _field(self, tag: str, attrs: dict[str, str]) -> None:
        kind = attrs.get("type", "text") if tag == "input" else tag
        form = self._named.get(attrs.get("form", ""), self._form)
        again = form is not None and any(name == attrs["name"] for name, _, _ in form.fields)
        if kind == "file" or "disabled" in attrs or (kind in ("checkbox", "radio", "button", "submit") and again):
            return
        self._keep(attrs.get("form", ""), (attrs["name"], kind, attrs.get("value", "")))

    def _keep(self, owner: str, each: tuple[str, str, str]) -> None:
        if owner and owner not in self._named:
            self.strays.append((owner, each))
        elif form := self._named.get(owner, self._form):
            form.fields.append(each)
