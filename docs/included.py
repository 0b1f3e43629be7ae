"""Let links of included files lead to pages of the site, and let Chinese pages say that they are Chinese.

A Sphinx extension. Files such as README.md are read on the hosting site and here: their links are those of the clone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent

#: Which page shows a file of the clone, both as paths from this folder.
PAGES = {
    "../README.md": "index.md",
    "../README.zh.md": "index.zh.md",
    "../CHANGELOG.md": "changelog.md",
    "../CONTRIBUTING.md": "contributing.md",
    "../SECURITY.md": "security.md",
    "../course/for-instructors/plan.en.md": "instructors.md#the-class-plan",
    "../course/for-instructors/plan.zh.md": "instructors.zh.md",
    "../course/for-instructors/classroom.en.md": "instructors.md#the-room",
    "../course/for-instructors/classroom.zh.md": "instructors.zh.md",
    "../course/for-instructors/troubleshooting.en.md": "troubleshooting.en.md",
    "../course/for-instructors/troubleshooting.zh.md": "troubleshooting.zh.md",
}

_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx's events."""
    app.connect("include-read", lambda _app, path, _page, content: content.__setitem__(0, for_site(path, content[0])))
    app.connect("html-page-context", _say_language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def for_site(path: Path, text: str) -> str:
    """Return the text of the file at ``path`` (from this folder) with links that are right on a page of the site."""

    def target(link: re.Match[str]) -> str:
        file = Path(os.path.normpath(path.parent / link[1])).as_posix().removeprefix(f"../{HERE.name}/")
        page, _, place = PAGES.get(file, file).partition("#")
        return page + (link[2] or (f"#{place}" if place else ""))

    return _LINK.sub(target, text)


def _say_language(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    if page.endswith(".zh") or "/zh/" in page:
        context["language"] = "zh-CN"
