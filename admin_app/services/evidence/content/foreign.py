"""Files of other kinds: what each is called, and how to make one of ours of it."""

from __future__ import annotations

TAKEN = "可以上傳的檔案是 PDF、JPG、PNG、MP3、MP4。"
HEIC = "這是 iPhone 的 HEIC 照片。請在「設定 → 相機 → 格式」選「最相容」後重拍，或在相片上按「分享 → 儲存為檔案」轉成 JPEG 再上傳。"
MOV = "這是 MOV 影片。請用手機或電腦的影片編輯把它「另存／匯出」成 MP4（H.264）再上傳。"
OFFICE = (
    "這是 Word、Excel 或 PowerPoint 檔。請在 Office 選「檔案 → 另存新檔 → PDF」（Google 文件選「檔案 → 下載 → PDF」）再上傳 PDF。"
)
ODF = "這是 OpenDocument 檔。請選「檔案 → 匯出為 PDF」，再上傳 PDF。"
ZIP = "這是壓縮檔，打不開來看。請解壓縮後，把裡面的 PDF 或圖片一個一個上傳。"
IMAGE = "這種圖片格式不收。請用「小畫家」或相片編輯「另存新檔」成 JPEG 或 PNG 再上傳。"
SOUND = "這種錄音格式不收。請轉存成 MP3 再上傳。"
VIDEO = "這種影片格式不收。請轉存成 MP4（H.264）再上傳。"
PAGE = "這是網頁或程式碼，不是文件。請把內容列印成 PDF（列印 → 另存為 PDF）再上傳。"
PROGRAM = "這是程式檔，不能上傳。"
TEXT = "這是純文字檔。請在 Word 或 Google 文件貼上內容，另存成 PDF 再上傳。"
UNKNOWN = "看不出這是什麼檔案，可能已經損壞。請確認選對檔案、打得開，再上傳一次。"

_BRANDS = {
    b"heic": HEIC,
    b"heix": HEIC,
    b"hevc": HEIC,
    b"heim": HEIC,
    b"heis": HEIC,
    b"mif1": HEIC,
    b"msf1": HEIC,
    b"avif": IMAGE,
    b"qt  ": MOV,
    b"M4A ": SOUND,
    b"M4B ": SOUND,
    b"3gp4": VIDEO,
    b"3gp5": VIDEO,
    b"3g2a": VIDEO,
}
_HEADS = (
    (b"GIF8", IMAGE),
    (b"BM", IMAGE),
    (b"II*\0", IMAGE),
    (b"MM\0*", IMAGE),
    (b"8BPS", IMAGE),
    (b"\0\0\1\0", IMAGE),
    (b"OggS", SOUND),
    (b"fLaC", SOUND),
    (b"#!AMR", SOUND),
    (b"\x1aE\xdf\xa3", VIDEO),
    (b"FLV\1", VIDEO),
    (b"0&\xb2u\x8ef\xcf\x11", VIDEO),
    (b"\xd0\xcf\x11\xe0", OFFICE),
    (b"{\\rtf", OFFICE),
    (b"Rar!", ZIP),
    (b"7z\xbc\xaf", ZIP),
    (b"\x1f\x8b", ZIP),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"#!", PROGRAM),
)
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<script", b"<svg", b"<?xml", b"<?php", b"<body")


def sentence(head: bytes) -> str:
    """Why a file that begins so is not taken, and what to do."""
    return f"{_what(head)}{TAKEN}"


def _what(head: bytes) -> str:
    if head[:2] == b"PK":
        return ODF if b"application/vnd.oasis" in head[:120] else OFFICE if _is_office(head) else ZIP
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], VIDEO)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"pnot"):
        return MOV
    if head[:4] == b"RIFF":
        return IMAGE if head[8:12] == b"WEBP" else SOUND if head[8:12] == b"WAVE" else VIDEO
    for begins, text in _HEADS:
        if head.startswith(begins):
            return text
    lower = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lower.startswith(_MARKUP) or any(sign in lower for sign in _MARKUP):
        return PAGE
    return TEXT if _is_text(head) else UNKNOWN


def _is_office(head: bytes) -> bool:
    return any(part in head for part in (b"[Content_Types].xml", b"_rels/", b"word/", b"xl/", b"ppt/", b"docProps/"))


def _is_text(head: bytes) -> bool:
    try:
        text = head[:1000].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return False
    return (
        bool(text)
        and b"\0" not in head
        and sum(sign.isprintable() or sign.isspace() for sign in text) >= 0.95 * len(head[:1000]) / 3
    )
