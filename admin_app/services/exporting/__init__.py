"""Tables handed out: CSV and XLSX that stream, hold no formula, and open in a spreadsheet as what they are."""

from __future__ import annotations

from admin_app.services.exporting.cells import display, neutralise, restore
from admin_app.services.exporting.csv_writer import CSV_TYPE, csv_stream
from admin_app.services.exporting.names import attachment_headers
from admin_app.services.exporting.xlsx_writer import XLSX_TYPE, TooManyRowsError, xlsx_file

__all__ = [
    "CSV_TYPE",
    "XLSX_TYPE",
    "TooManyRowsError",
    "attachment_headers",
    "csv_stream",
    "display",
    "neutralise",
    "restore",
    "xlsx_file",
]
