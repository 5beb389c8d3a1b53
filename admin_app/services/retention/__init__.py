"""保存期限: what has outlived its time, and clearing it: `due` (which rows) · `proposing` (the dry run two people agree on) ·
`purging` (carrying it out)."""
