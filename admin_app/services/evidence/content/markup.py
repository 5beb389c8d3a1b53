"""Files that are two things at once: active markup inside a picture or a recording, an archive behind a document."""

from __future__ import annotations

import re
import zipfile

from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming
from models.evidence import FileKind

ACTIVE = re.compile(
    rb"<(?:(?i:script|iframe|object|embed)[\s>/]|(?i:html)[\s>]|(?i:!doctype)\s|\?(?i:php)\s|(?i:svg)\s+(?i:xmlns|onload))"
)
HEADER = re.compile(rb"<(?i:script|html|!doctype|svg|iframe|body)|<\?")
HIDDEN = "檔案裡夾帶了網頁或程式碼，為了安全不能收。請把內容重新匯出成乾淨的檔案（例如列印成 PDF，或重新截圖）再上傳。"
ARCHIVE = "這個檔案同時也是壓縮檔，為了安全不能收。請重新匯出成單純的 PDF、圖片或影音檔再上傳。"
STEP = 1024 * 1024
OVERLAP = 64
HEAD = 1024


def refuse_two_in_one(file: Incoming, kind: FileKind) -> None:
    """Raise `Refused` for a file that something else would take for a page, a program or an archive."""
    file.seek(0)
    if kind is FileKind.pdf:
        if HEADER.search(file.read(HEAD).partition(b" obj")[0]):
            raise Refused(HIDDEN)
    elif _anywhere(file):
        raise Refused(HIDDEN)
    file.seek(0)
    if zipfile.is_zipfile(file):
        raise Refused(ARCHIVE)


def _anywhere(file: Incoming) -> bool:
    """Whether the whole of a picture or a recording holds markup a browser would run. A hundred bytes overlap, no more is held."""
    before = b""
    while part := file.read(STEP):
        if ACTIVE.search(before + part):
            return True
        before = part[-OVERLAP:]
    return False
