"""Read the documentation's pages: their command lines, fenced blocks and programs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from autograde.settings import KIT

PAGES = [
    KIT / "README.md",
    KIT / "README.zh.md",
    KIT / "CONTRIBUTING.md",
    *sorted(KIT.glob("docs/*.md")),
    *sorted(KIT.glob("course/for-instructors/*.md")),
    *sorted(KIT.glob("examples/**/*.md")),
]


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: the page's path in the kit.
        kind: the word after the fence, such as ``console``.
        text: the lines, without the indentation of the fence.
    """

    page: str
    kind: str
    text: str


def name_of(page: Path) -> str:
    """Return the page's path in the kit."""
    return page.relative_to(KIT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    found = re.findall(r"(?ms)^( *)```(\S+)[^\n]*\n(.*?)^ *```", page.read_text(encoding="utf-8"))
    return [Block(name_of(page), kind, re.sub(rf"(?m)^{indent}", "", text)) for indent, kind, text in found]


def commands(page: Path) -> list[str]:
    """Return the command lines of a page, without comments. Other lines of a block are a command's output."""
    lines = [line for block in blocks(page) if block.kind == "console" for line in block.text.splitlines()]
    return [re.split(r"\s+#\s", line.removeprefix("$ "))[0].strip() for line in lines if line.startswith("$ ")]


def programs(page: Path) -> list[str]:
    """Return the Python blocks of a page."""
    return [block.text for block in blocks(page) if block.kind == "python"]
