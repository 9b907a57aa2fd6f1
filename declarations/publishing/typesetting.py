"""Sets one edition or draft with Typst: JSON comes in on standard input, the PDF goes out; a process of its own.

In the web server's process Typst would keep its cache for ever.
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
    try:
        pdf = typst.compile(
            HERE / order.get("template", "edition.typ"),
            root=HERE,
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"]
            ),
            sys_inputs={"edition": json.dumps(order["edition"], ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=order["timestamp"],
        )
    except typst.TypstError as problem:
        print("\n".join((problem.message, *problem.hints)), file=sys.stderr)
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
