"""What a file is, by what is in it and never by its name: one of five kinds, whole, and nothing else besides.

Each kind has a module that walks the file's own structure in small pieces, so that a file of any size costs no memory. A file
that is two things at once (a PDF that is a ZIP, a picture with a page of HTML in it) is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from admin_app.services.evidence.content import foreign, jpeg, markup, mp3, mp4, pdf, png
from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming, Store
from models.evidence import FileKind

CHECKS: dict[FileKind, Callable[[Incoming, int], None]] = {
    FileKind.pdf: pdf.check,
    FileKind.jpg: jpeg.check,
    FileKind.png: png.check,
    FileKind.mp3: mp3.check,
    FileKind.mp4: mp4.check,
}
SMALLER = {
    FileKind.pdf: "請在另存 PDF 時選「最小檔案大小」，或把裡面的圖片縮小後再上傳。",
    FileKind.jpg: "請用手機或電腦的相片編輯把照片縮小後再上傳。",
    FileKind.png: "請縮小圖片，或另存成 JPEG 後再上傳。",
    FileKind.mp3: "請剪短錄音，或以較低的位元率（例如 128 kbps）轉存後再上傳。",
    FileKind.mp4: "請剪短影片，或以較低的解析度（例如 480p）轉存後再上傳。",
}
_CLEANERS = {FileKind.jpg: jpeg.clean, FileKind.png: png.clean}


def kind_of(file: Incoming) -> FileKind:
    """The kind of a whole, sound file. Raises `Refused` with what to do."""
    kind = _begins_as(file)
    CHECKS[kind](_at_start(file), file.size)
    markup.refuse_two_in_one(file, kind)
    file.seek(0)
    return kind


def cleaned(file: Incoming, kind: FileKind, store: Store) -> Incoming | None:
    """The picture without what tells where and with what it was taken; None where nothing had to go."""
    cleaner = _CLEANERS.get(kind)
    if cleaner is None:
        return None
    target = store.incoming()
    cleaner(_at_start(file), target)
    if target.trouble is None and target.sha256 == file.sha256:
        target.close()
        return None
    return target


def _begins_as(file: Incoming) -> FileKind:
    head = _at_start(file).read(4096)
    if head.startswith(b"%PDF-"):
        return FileKind.pdf
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.jpg
    if head.startswith(png.SIGNATURE):
        return FileKind.png
    if mp4.begins(head):
        return FileKind.mp4
    if mp3.begins(head):
        return FileKind.mp3
    raise Refused(foreign.sentence(head))


def _at_start(file: Incoming) -> Incoming:
    file.seek(0)
    return file
