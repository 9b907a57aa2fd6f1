"""What differs between two wordings, word by word: what was taken out and what was put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# A word with the white space after it, or one sign of punctuation. Vowel signs stay with their letters.
WORD = re.compile(r"[^\s.,;:!?…،؛؟()«»“”\"]+\s*|[.,;:!?…،؛؟()«»“”\"]\s*|\s+")


def marked(before: str, after: str) -> SafeString:
    """Return both texts as one, in paragraphs, with <del> and <ins> around what differs; everything is escaped."""
    pairs = aligned(before.split("\n"), after.split("\n"))
    return format_html_join("", "<p>{}</p>", ((in_words(one, other),) for one, other in pairs if one or other))


def aligned(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs in pairs; one that stands on one side alone has an empty one beside it."""
    for _kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield from zip_longest(before[i1:i2], after[j1:j2], fillvalue="")


def in_words(before: str, after: str) -> SafeString:
    """Mark what differs between two paragraphs; another kind of space is no difference."""
    one, other = WORD.findall(before), WORD.findall(after)
    bare, others = [word.strip() for word in one], [word.strip() for word in other]
    parts = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, bare, others, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(format_html("{}", "".join(other[j1:j2])))
            continue
        if i1 < i2:
            parts.append(format_html("<del>{}</del>", "".join(one[i1:i2])))
        if j1 < j2:
            parts.append(format_html("<ins>{}</ins>", "".join(other[j1:j2])))
    return format_html_join("", "{}", ((part,) for part in parts))
