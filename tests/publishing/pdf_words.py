"""Reads the words back out of a PDF: glyphs to letters, and lines of Arabic from the right."""

from __future__ import annotations

import io
import re

import pikepdf

RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
# Latin words and figures stand in a right-to-left line from left to right.
LEFT_TO_RIGHT = re.compile(r"[A-Za-zÀ-ɏɐ-ʯ0-9]+([ ,.’-]*[A-Za-zÀ-ɏɐ-ʯ0-9]+)*")


def pdf_words(data: bytes, half: str = "") -> str:
    """Return the text of every page, line by line, of the whole page or its "left" or "right" half.

    A form feed parts the pages.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return "\f".join(Page(page).text(half) for page in pdf.pages)


def letters(font: pikepdf.Object) -> dict[int, str]:
    """Return what each glyph of a font stands for, from its ToUnicode map."""
    cmap = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for body in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for glyph, target in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", body):
            found[int(glyph, 16)] = bytes.fromhex(target).decode("utf-16-be")
    return found


class Page:
    """Walks the content of one page, keeping where each run of text stands."""

    def __init__(self, page: pikepdf.Page) -> None:
        self.middle = float(page.MediaBox[2]) / 2
        fonts = page.Resources.get("/Font", {})
        self.maps = {name: letters(font) for name, font in fonts.items()}
        self.font, self.size = "", 0.0
        self.matrix = (0.0, 0.0)
        self.stack: list[tuple[float, float]] = []
        self.marks: list[bool] = []  # whether each open mark says itself what its glyphs stand for
        self.at = (0.0, 0.0)
        self.runs: list[tuple[float, float, list[str]]] = []
        self.sizes: list[float] = []  # in points, one for each run
        for operands, operator in pikepdf.parse_content_stream(page):
            self.step(list(operands), str(operator))

    def step(self, operands: list[pikepdf.Object], operator: str) -> None:
        if operator == "q":
            self.stack.append(self.matrix)
        elif operator == "Q":
            self.matrix = self.stack.pop()
        elif operator == "cm":
            x, y = (float(value) for value in operands[4:6])
            flip = -1 if float(operands[3]) < 0 and self.matrix == (0.0, 0.0) else 1
            self.matrix = (self.matrix[0] + x, self.matrix[1] + flip * y)
        elif operator == "Tf":
            self.font, self.size = str(operands[0]), float(operands[1])
        elif operator == "Tm":
            self.at = (float(operands[4]), float(operands[5]))
        elif operator in ("BMC", "BDC"):
            given = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
            actual = given.get("/ActualText")
            self.marks.append(actual is not None)
            if actual is not None:
                self.show([str(actual)])
        elif operator == "EMC":
            self.marks.pop()
        elif operator in ("Tj", "TJ"):
            self.glyphs(operands[0])

    def glyphs(self, operand: pikepdf.Object) -> None:
        if any(self.marks):
            return
        strings = operand if isinstance(operand, pikepdf.Array) else [operand]
        units: list[str] = []
        for part in strings:
            if isinstance(part, pikepdf.String):
                code = bytes(part)
                units += [self.maps[self.font].get(int.from_bytes(code[i : i + 2]), "") for i in range(0, len(code), 2)]
        self.show(units)

    def show(self, units: list[str]) -> None:
        self.runs.append((self.matrix[1], self.matrix[0] + self.at[0], units))
        self.sizes.append(self.size)

    def text(self, half: str = "") -> str:
        """Return the lines in the order in which they were drawn."""
        lines: list[list[tuple[float, float, list[str]]]] = []
        for run in self.runs:
            if half and (run[1] < self.middle) != (half == "left"):
                continue
            if lines and abs(lines[-1][0][0] - run[0]) < 6:  # a mark stands a little above its letter
                lines[-1].append(run)
            else:
                lines.append([run])
        return "\n".join(
            logical([unit for run in sorted(line, key=lambda run: run[1]) for unit in run[2]]) for line in lines
        )


def logical(units: list[str]) -> str:
    """Return a line, given from left to right as it is drawn, in the order in which it is read."""
    if not any(RIGHT_TO_LEFT.search(unit) for unit in units):
        return "".join(units)
    return LEFT_TO_RIGHT.sub(lambda found: found[0][::-1], "".join(reversed(units)))
