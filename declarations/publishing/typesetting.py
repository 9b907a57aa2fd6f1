"""Sets an edition, a draft or a sheet with Typst: JSON comes in on standard input, the PDF goes out; its own process.

In the web server's process Typst would keep its cache for ever. Nothing is written to a disk on the way.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]


def main() -> int:
    order = json.load(sys.stdin.buffer)
    # A sheet is printed and thrown away: no archive's standard for it.
    name = "sheet" if "sheet" in order else "edition"
    try:
        pdf = typst.compile(
            HERE / order.get("template", "edition.typ"),
            root=HERE,
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"]
            ),
            sys_inputs={name: json.dumps(order[name], ensure_ascii=False)},
            pdf_standards=[] if name == "sheet" else STANDARDS,
            timestamp=order["timestamp"],
        )
    except typst.TypstError as problem:
        print("\n".join((problem.message, *problem.hints)), file=sys.stderr)
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
