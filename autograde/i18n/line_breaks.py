"""Join lines in Chinese Markdown: a browser shows a line break as a space, and Chinese has no spaces between words."""

from __future__ import annotations

import re

_MARKS = "\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2014\u2018-\u201d\u2026"
_MARK = re.compile(f"[{_MARKS}]")
_CHARACTER = re.compile(f"[{_MARKS}\u3400-\u4dbf\u4e00-\u9fff]")

#: Starts of a new block: lists, quotations, headings, tables, HTML, code.
_BLOCK = re.compile(r"\s*(?:[-*+>|#<]\s|[-*+]$|\||#|<|\d+[.)]\s|```|~~~)")
_FENCE = re.compile(r"\s*(?:```|~~~)")


def joined(text: str) -> str:
    """Remove line breaks inside Chinese sentences from Markdown; keep other line breaks, and code.

    Two lines are joined if the break is between two Chinese characters or next to Chinese punctuation; next to a Latin
    word the space is wanted.
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
    # Ignore the marks of bold text at the line break.
    left, right = first.rstrip("*_")[-1:], then.lstrip().lstrip("*_")[:1]
    if _MARK.match(left) or _MARK.match(right):
        return True
    return bool(_CHARACTER.match(left) and _CHARACTER.match(right))
