"""Line breaks in Chinese Markdown: a browser shows one as a blank, and Chinese has no blanks between its words."""

from __future__ import annotations

import re

_MARKS = "\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2014\u2018-\u201d\u2026"
_MARK = re.compile(f"[{_MARKS}]")
_CHARACTER = re.compile(f"[{_MARKS}\u3400-\u4dbf\u4e00-\u9fff]")

#: What begins a block of its own: lists, quotations, headings, tables, HTML, code.
_BLOCK = re.compile(r"\s*(?:[-*+>|#<]\s|[-*+]$|\||#|<|\d+[.)]\s|```|~~~)")
_FENCE = re.compile(r"\s*(?:```|~~~)")


def joined(text: str) -> str:
    """Markdown whose paragraphs do not break inside a Chinese sentence; other breaks, and code, stay.

    A line is joined with the next where both meet in Chinese characters, or one of them in a Chinese mark: beside a
    Latin word the blank is wanted.
    """
    lines: list[str] = []
    in_code = False
    for line in text.split("\n"):
        fence = bool(_FENCE.match(line))
        if lines and not in_code and not fence and _is_one_sentence(lines[-1], line):
            lines[-1] += line.lstrip()
        else:
            lines.append(line)
        in_code ^= fence
    return "\n".join(lines)


def _is_one_sentence(first: str, then: str) -> bool:
    if not first.strip() or not then.strip() or first.endswith(("  ", "\\")) or _BLOCK.match(then):
        return False
    if re.match(r"\s*(?:#|\||<|```|~~~)", first):
        return False
    # What makes letters bold stands between the sentence's own characters.
    left, right = first.rstrip("*_")[-1:], then.lstrip().lstrip("*_")[:1]
    if _MARK.match(left) or _MARK.match(right):
        return True
    return bool(_CHARACTER.match(left) and _CHARACTER.match(right))
