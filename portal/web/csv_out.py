"""Tables for spreadsheets: nothing in them is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

# With one of these at its beginning a spreadsheet takes words for a formula (OWASP, "CSV Injection"); some skip what
# they do not print before they look.
DANGEROUS = "=+-@\t\r\n|%＝＋－＠"
Cell = str | int | float | None


def cell(value: Cell) -> str | int | float:
    """A cell as it is written: numbers as they are, words that could be a formula after an apostrophe."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    words = "".join(char if char.isprintable() else " " for char in value)
    begins = words.lstrip()[:1]
    return f"'{words}" if begins and begins in DANGEROUS else words


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as RFC 4180 has them, with a byte order mark, without which Excel misreads what is not English."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + written.getvalue()


def answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A table to be kept as a file of this name."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "private, no-store",
    }
    return Response(table(head, rows), content_type="text/csv; charset=utf-8", headers=headers)
