"""PDF: begins and ends as one, opens without a password, has pages, carries no program and no other file."""

from __future__ import annotations

import re
import threading

import pypdfium2
import pypdfium2.raw as pdfium

from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming

AGAIN = "請用原來的程式重新「另存為 PDF」，打開確認看得到內容後再上傳。"
CUT = f"這份 PDF 不完整（可能沒有下載完或存檔中斷）。{AGAIN}"
BROKEN = f"這份 PDF 打不開，可能已經損壞。{AGAIN}"
LOCKED = "這份 PDF 有密碼或保護設定，老師和大學會打不開。請打開它後選「列印 → 另存為 PDF」，再上傳沒有保護的那一份。"
EMPTY = "這份 PDF 裡面沒有任何一頁。請確認選對檔案後再上傳。"
ACTIVE = "這份 PDF 裡面有程式或夾帶了別的檔案，為了安全不能收。請打開它後選「列印 → 另存為 PDF」，再上傳新的那一份。"
STEP = 1024 * 1024
TAIL = 2048
_RUNS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)(?=[\s/<(\[>])")
_ONE_AT_A_TIME = threading.Lock()
"""PDFium is not to be used by two threads at once."""


def check(file: Incoming, size: int) -> None:
    """Raise `Refused` unless this is a whole, plain PDF."""
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL).rstrip(b"\0\r\n\t ")
    if not tail.endswith(b"%%EOF"):
        raise Refused(CUT)
    file.seek(0)
    with _ONE_AT_A_TIME:
        _open(file)
    file.seek(0)
    if _holds_a_program(file):
        raise Refused(ACTIVE)


def _open(file: Incoming) -> None:
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise Refused(LOCKED if "assword" in str(error) or "ecurity" in str(error) else BROKEN) from None
    try:
        if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) >= 0:
            raise Refused(LOCKED)
        if len(document) == 0:
            raise Refused(EMPTY)
        if pdfium.FPDFDoc_GetAttachmentCount(document.raw) or pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
            raise Refused(ACTIVE)
        document[0].get_size()
    except pypdfium2.PdfiumError:
        raise Refused(BROKEN) from None
    finally:
        document.close()


def _holds_a_program(file: Incoming) -> bool:
    before = b""
    while part := file.read(STEP):
        if _RUNS.search(before + part):
            return True
        before = part[-32:]
    return False
