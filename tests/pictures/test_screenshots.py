"""The screenshots: every page has the places that the marks need, files are small, and no picture shows a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from autograde.exercises import open_exercise
from autograde.hub import LocalHub
from autograde.judge.rendering import to_text
from autograde.pictures import FOLDER
from autograde.pictures.png import shown_in
from autograde.pictures.screenshots import (
    ADDRESS,
    COVER,
    LAB,
    SHOTS,
    WRONG_ANSWER,
    fixed_hub,
    hub_pictures,
    log_in,
)
from tests.real_browser import chromium

#: Limit in bytes: pictures are loaded over slow connections and kept in git.
LARGEST = 120_000


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    with fixed_hub() as running:
        yield running


@pytest.fixture(scope="module")
def browser(hub: LocalHub) -> Iterator[Browser]:
    """A browser in which a learner's Hub address leads to the fixed Hub."""
    with chromium(f"--host-resolver-rules=MAP {ADDRESS} 127.0.0.1:{hub.port}") as started:
        yield started


def test_screenshots_of_the_hubs_pages_are_up_to_date_and_small(hub: LocalHub, browser: Browser) -> None:
    made = dict(hub_pictures(browser, "zh"))
    assert list(made) == [f"{shot.name}.zh.png" for shot in SHOTS]
    assert {name: len(content) for name, content in made.items() if len(content) > LARGEST} == {}
    # The code had moved a number, but the picture in the course was not written again: the number covered a word.
    assert {name: shown_in((FOLDER / name).read_bytes()) for name in made} == {
        name: shown_in(content) for name, content in made.items()
    }


def test_course_has_exactly_the_generated_screenshots() -> None:
    names = {f"{name}.{language}.png" for name in (*(shot.name for shot in SHOTS), LAB) for language in ("en", "zh")}
    assert {path.name for path in FOLDER.glob("*.png")} == names
    assert {path.name for path in FOLDER.glob("*.png") if path.stat().st_size > LARGEST} == set()


def test_letters_are_legible_in_a_narrow_notebook() -> None:
    """In a window of 1000 pixels, where a picture is 510 pixels wide, the explanations had letters of 8 pixels."""
    for path in FOLDER.glob("*.png"):
        with Image.open(path) as picture:
            # The class page is in no lesson.
            assert path.name.startswith("classroom.") or 15 * 510 / picture.width >= 10, path.name


def test_pictures_fit_into_a_small_window() -> None:
    """In a window of 1000 x 700 pixels, those of /join and /welcome were higher than what it shows of a notebook."""
    for path in FOLDER.glob("*.png"):
        with Image.open(path) as picture:
            assert path.name.startswith("classroom.") or picture.height * 526 / picture.width <= 575, path.name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_picture_of_a_verdict_has_the_judges_current_messages(language: str) -> None:
    """It showed messages that the judge no longer used; ``make pictures`` renders it again."""
    names: dict[str, Any] = {}
    exec(WRONG_ANSWER, names)
    task = open_exercise("2.6", language=language).segment_ids
    task.check(names["segment_ids"])
    assert task.verdict is not None
    assert shown_in((FOLDER / f"{LAB}.{language}.png").read_bytes()) == to_text(task.verdict, language)


def test_tokens_are_covered_in_pictures(browser: Browser) -> None:
    page = browser.new_page(base_url=f"http://{ADDRESS}")
    log_in(page, "ada")
    page.goto("/settings/tokens")
    page.locator("#name").fill("laptop")
    page.locator("main form.stack > button").click()
    shown = r"hf_[A-Za-z0-9]{20,}|hf_…[A-Za-z0-9]"
    assert re.search(shown, page.locator("main").inner_text())
    page.evaluate(COVER)
    assert not re.search(shown, page.locator("main").inner_text())
    page.close()


def test_screenshots_show_no_elapsed_minutes(browser: Browser) -> None:
    """On a busy machine, "just now" was "1 minute ago", and pictures changed for no other reason."""
    page = browser.new_page()
    page.set_content("<main>ada · 12 minutes ago<br>1 minute ago<br>陈静 · 3 分钟前</main>")
    page.evaluate(COVER)
    assert page.locator("main").inner_text().split("\n") == ["ada · just now", "just now", "陈静 · 刚刚"]
    page.close()
