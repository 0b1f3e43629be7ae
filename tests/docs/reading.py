"""Read the pages: their command lines, their fenced blocks and their programs."""

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
    """The page's path in the kit."""
    return page.relative_to(KIT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in their order."""
    found = re.findall(r"(?ms)^( *)```(\S+)[^\n]*\n(.*?)^ *```", page.read_text(encoding="utf-8"))
    return [Block(name_of(page), kind, re.sub(rf"(?m)^{indent}", "", text)) for indent, kind, text in found]


def commands(page: Path) -> list[str]:
    """The command lines of a page, without their comments. Other lines of a block are what a command prints."""
    lines = [line for block in blocks(page) if block.kind == "console" for line in block.text.splitlines()]
    return [re.split(r"\s+#\s", line.removeprefix("$ "))[0].strip() for line in lines if line.startswith("$ ")]


def programs(page: Path) -> list[str]:
    """The Python blocks of a page."""
    return [block.text for block in blocks(page) if block.kind == "python"]
