"""The class page and a feedback page in Chromium: accessible, and without network requests."""

from __future__ import annotations

import importlib.util
import urllib.parse
from pathlib import Path

import pytest

from tests.grading.class_of_quizzes import ASSIGNMENT
from tests.real_browser import chromium

pytestmark = pytest.mark.timeout(300)


def test_pages_pass_axe_and_load_nothing_from_the_network(graded: Path) -> None:
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    axe = (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    reports = graded / "reports" / ASSIGNMENT
    files = [reports / "class.en.html", reports / "class.zh.html"]
    files += [graded / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html" for name in ("cem", "bo")]
    requested: list[str] = []
    with chromium() as browser:
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme)
            page.on("request", lambda request: requested.append(request.url))
            for file in files:
                page.goto(file.as_uri())
                page.evaluate(axe)
                broken = page.evaluate(
                    "axe.run().then(found => found.violations.map(each => [each.id, each.nodes[0].html]))"
                )
                assert broken == [], f"{file.name} in {scheme}"
            page.close()
    assert {urllib.parse.urlsplit(url).scheme for url in requested} == {"file"}
