"""Several files in one archive, the same bytes each time: no clock, no owner, no order of chance."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

# The first moment that an archive can name; the day of an edition stands in its text.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
# What an office document says of the program that wrote it: nothing.
NO_PROGRAM = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


def packed(entries: Iterable[tuple[str, bytes]], *, stored: tuple[str, ...] = ()) -> bytes:
    """Return an archive of named entries in their order; those in `stored` are not compressed."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system = 0  # else it tells on which system it was made
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
    return archive.getvalue()


def unpacked(archive: bytes) -> list[tuple[str, bytes]]:
    """Return the entries of an archive, each with its name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]
