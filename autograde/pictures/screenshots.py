"""Take annotated screenshots of the Hub's pages and of JupyterLab in both languages.

Each run uses a new Hub with the same people and models. Pages are shown under the usual address of a learner's Hub,
regardless of the actual port. Parts that differ between runs, such as commit ids and tokens, are covered.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from autograde import settings
from autograde.classroom import CLASSROOM
from autograde.hub import LocalHub
from autograde.hub.events import Sender, record
from autograde.hub.people import accounts
from autograde.i18n.translation import translator
from autograde.models import finetuned_folder
from autograde.pictures.annotating import Mark, annotated, legend
from autograde.pictures.browsing import chromium, locale, running_lab, wait_until_run
from autograde.pictures.png import small
from autograde.pictures.translate import Translate
from autograde.session import seeding
from autograde.session.workspace import fill

#: The address shown on the pages, that of a learner's Hub.
ADDRESS = f"127.0.0.1:{settings.HUB_PORT}"

#: Space above and below the shown part of a page, in pixels.
MARGIN = 14

PASSWORD = "correct horse battery"  # noqa: S105 - of an account on a Hub that is thrown away

#: Covers secrets and parts that differ between runs.
COVER = """() => {
  for (const each of document.querySelectorAll('.fresh code')) each.textContent = 'hf_' + '•'.repeat(20);
  for (const each of document.querySelectorAll('td code')) each.textContent = 'hf_…••••';
  for (const each of document.querySelectorAll('.head code, .history code')) each.textContent = '3f9c2a1';
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    node.data = node.data.replace(/\\d+ minutes? ago/g, 'just now').replace(/\\d+ 分钟前/g, '刚刚');
  }
}"""

#: A class: name, full name, and number of completed steps.
CLASS = (
    ("ada", "Ada Brown", 6),
    ("ben", "Ben Carter", 4),
    ("chen", "陈静", 6),
    ("dora", "Dora Evans", 3),
    ("emil", "Emil Fischer", 5),
    ("fang", "方明", 4),
    ("gita", "Gita Rao", 2),
    ("hugo", "Hugo Lopez", 1),
)

#: The most common mistake in exercise 2.6: the first [SEP] counts as part of sentence B.
WRONG_ANSWER = """def segment_ids(index, mark):
    k = index.index(mark)
    return [0] * k + [1] * (len(index) - k)"""


@dataclass(frozen=True)
class Shot:
    """A screenshot of a page of the Hub.

    Attributes:
        name: file name without language and extension.
        user: the logged-in user; empty for none.
        address: the page's path.
        marks: returns the annotations of a loaded page; may also type into the page.
        height: maximum height of the picture.
        width: width of the window. A notebook in a small window shows a picture about 510 pixels wide: in a wider
            picture, the letters would be too small.
        part: selector of the part to show. "body" is the page with its header, which is in the way in narrow pictures
            of those who are logged in: its links take two rows.
        last: selector of the last element to show of a page: the space below it is part of <main> and <body>.
    """

    name: str
    user: str
    address: str
    marks: Callable[[Page, Translate], list[Mark]]
    height: int = 2000
    width: int = 660
    part: str = "main"
    last: str = "main > :last-child"


def hub_pictures(browser: Browser, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and PNG of each screenshot of the Hub's pages; the Hub runs at :data:`ADDRESS`."""
    _ = translator("pictures", language)
    for shot in SHOTS:
        context = browser.new_context(
            viewport={"width": shot.width, "height": 700},
            locale=locale(language),
            base_url=f"http://{ADDRESS}",
            reduced_motion="reduce",
        )
        page = context.new_page()
        if shot.user:
            log_in(page, shot.user)
        page.goto(shot.address)
        marks = shot.marks(page, _)
        page.evaluate(COVER)
        if shot.part != "body":
            page.evaluate("document.querySelector('body > header').remove()")
        whole = shot.part in ("body", "main")
        shown, last = (page.locator(part).bounding_box() for part in (shot.part, shot.last))
        assert shown
        assert last
        top = 0 if whole else math.floor(shown["y"]) - MARGIN
        end = last if whole else shown
        bottom = min(math.ceil(end["y"] + end["height"]) + MARGIN, shot.height)
        region = {"x": 0, "y": top, "width": shot.width, "height": bottom - top}
        picture = annotated(browser, page, region, marks)  # type: ignore[arg-type]
        yield f"{shot.name}.{language}.png", small(picture, legend(marks))
        context.close()


def log_in(page: Page, user: str) -> None:
    """Log in on the page, in any language."""
    page.goto("/login")
    page.locator("#username").fill(user)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.locator("header form[action$='/logout']").wait_for()


def _join(page: Page, _: Translate) -> list[Mark]:
    page.locator("#email").fill("ada@example.org")
    page.locator("#username").fill("ada")
    page.locator("#password").fill(PASSWORD)
    return [
        Mark(page.locator("#email"), _("Any address: this Hub sends no mail.")),
        Mark(page.locator("#username"), _("Your user name, the first half of your models' names.")),
        Mark(page.locator("#password"), _("A new password of at least 8 characters.")),
        Mark(page.locator("main button"), _("Press this last.")),
    ]


def _login(page: Page, _: Translate) -> list[Mark]:
    page.locator("main #username").fill("ada")
    page.locator("main #password").fill(PASSWORD)
    return [
        Mark(page.locator("#username"), _("The user name that you chose on /join.")),
        Mark(page.locator("#password"), _("Your password: only this page asks for it, git does not.")),
        Mark(page.locator("main button"), _("Press this.")),
    ]


def _tokens(page: Page, _: Translate) -> list[Mark]:
    page.locator("#name").fill("laptop")
    page.locator("input[name=role][value=write]").check()
    return [
        Mark(page.locator("#name"), _("What the token is for, so that you know it again.")),
        Mark(page.locator("fieldset"), _("What the token may do: read, or write as well.")),
        Mark(page.locator("main form.stack > button"), _("Makes the token.")),
    ]


def _new_token(page: Page, _: Translate) -> list[Mark]:
    page.locator("#name").fill("laptop")
    page.locator("input[name=role][value=write]").check()
    page.locator("main form.stack > button").click()
    page.locator(".fresh").wait_for()
    return [
        Mark(page.locator(".fresh code"), _("The new token. Here it is covered."), right=True),
        Mark(page.locator(".fresh button"), _("Copies it.")),
    ]


def _welcome(page: Page, _: Translate) -> list[Mark]:
    steps = page.locator(".steps > li")
    return [
        Mark(steps.nth(0), _("First a token: lesson 2.2.")),
        Mark(steps.nth(1), _("Then a repository: lesson 2.3.")),
        # Last, so that the other numbers are those on the page.
        Mark(page.locator(".command").first, _("Where your Hub is. The lessons set this for you.")),
    ]


def _new(page: Page, _: Translate) -> list[Mark]:
    page.locator("#name").fill("mymodel04")
    return [
        Mark(page.locator("#owner"), _("The owner: you.")),
        Mark(page.locator("main #name"), _("The name of the model."), right=True),
        Mark(page.locator("#license"), _("What others may do with it.")),
        Mark(page.locator("fieldset"), _("Who can see it.")),
        Mark(page.locator("main form.stack > button"), _("Press this, and the empty repository is there.")),
    ]


def _model_page(page: Page, _: Translate) -> list[Mark]:
    title = page.locator("article.markdown > :is(h1, h2)").first
    return [
        Mark(page.locator(".repository h1"), _("Owner and name: from_pretrained needs just this."), right=True),
        Mark(page.locator("nav.tabs"), _("The model card, the files, the history of commits."), right=True),
        Mark(page.locator(".facts"), _("How much is in it, and how often it was downloaded."), right=True),
        Mark(page.locator(".tags"), _("Tags from the top of README.md: license, language, task."), right=True),
        Mark(title, _("The model card: README.md, shown as a page."), right=True),
    ]


def _files(page: Page, _: Translate) -> list[Mark]:
    return [
        Mark(page.locator(".refs summary"), _("The branch."), corner=True),
        Mark(page.locator("p.head"), _("The last commit."), right=True),
        Mark(page.locator(".badge.lfs"), _("A large file: git keeps a pointer, LFS the bytes."), right=True),
        Mark(page.locator("tr:has(.lfs) td.number a"), _("The size of the real file. Click it to download.")),
    ]


#: In lesson 1, learners don't have their own model yet, so the list has only the six models of the gallery.
WITHOUT_OWN_MODEL = """() => {
  document.querySelector('.cards li:has(a[href$="/ada/mymodel04"])').remove();
  document.querySelector('main h1 small').textContent = document.querySelectorAll('.cards li').length;
}"""


def _models(page: Page, _: Translate) -> list[Mark]:
    page.evaluate(WITHOUT_OWN_MODEL)
    return [
        Mark(page.locator("main #search"), _("Finds models by a part of the name."), corner=True),
        Mark(page.locator(".cards li a").first, _("A model. The name leads to its page."), right=True),
        Mark(page.locator(".cards li small").first, _("Its last change and its downloads."), right=True),
    ]


def _classroom(page: Page, _: Translate) -> list[Mark]:
    return [
        Mark(page.locator(".reached"), _("How many have done each of the six steps.")),
        Mark(page.locator(".newest"), _("What happened last.")),
        Mark(
            page.locator("tbody tr").first.locator("td").first, _("A learner. The name leads to everything they did.")
        ),
        Mark(page.locator("#lacking"), _("Shows only those who have not done a step yet."), corner=True),
    ]


#: The classroom comes first, so that the newest events are those of the class.
SHOTS = (
    Shot("classroom", "tina", "/classroom", _classroom, 840, 1280, "body"),
    Shot("join", "", "/join", _join, part="main form"),
    Shot("login", "", "/login", _login, part="body"),
    Shot("tokens", "ada", "/settings/tokens", _tokens, part="main > section:has(form.stack)"),
    Shot("new-token", "ada", "/settings/tokens", _new_token, part=".fresh"),
    # Without the steps for upload and download: the picture would be taller than a window.
    Shot("welcome", "ada", "/welcome", _welcome, last=".steps > li:nth-child(2)"),
    Shot("new", "ada", "/new", _new),
    Shot("anatomy-of-a-model-page", "ada", "/ada/mymodel04", _model_page, 490),
    Shot("files-of-a-model", "ada", "/ada/mymodel04/tree/main", _files),
    Shot("models", "ada", "/models", _models),
)


#: The name of the picture of JupyterLab.
LAB = "lab-verdict"


def shown_text(file: Path, identity: str) -> str:
    """Return the plain text of a cell's last output in a saved notebook."""
    [cell] = [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["id"] == identity]
    return "".join(cell["outputs"][-1]["data"]["text/plain"])


def lab_pictures(browser: Browser, folder: Path, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield screenshots of JupyterLab with the verdict on a wrong answer, from a new workspace in ``folder``."""
    _ = translator("pictures", language)
    fill(folder, language)
    name = "exercises/2.6-load-the-downloaded-model/2.6-load-the-downloaded-model"
    file = folder / f"{name}.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    [answer] = [cell for cell in notebook["cells"] if cell["id"] == "segment-ids"]
    answer["source"] = WRONG_ANSWER.splitlines(keepends=True)
    file.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1000, "height": 6000}, locale=locale(language))
    page = context.new_page()
    page.set_default_timeout(90_000)
    with running_lab(folder, language, page) as lab:
        panel = lab.open_lesson(name)
        for code in ("import torch", "open_exercise("):
            wait_until_run(lab.run_cell(panel, code))
        given = lab.run_cell(panel, "def segment_ids")
        check = lab.run_cell(panel, "segment_ids.check(")
        wait_until_run(check)
        verdict = check.locator(".jp-OutputArea-output")
        verdict.last.wait_for()
        top, bottom = given.bounding_box(), check.bounding_box()
        assert top
        assert bottom
        region = {
            "x": top["x"],
            "y": top["y"],
            "width": top["width"],
            "height": bottom["y"] + bottom["height"] - top["y"],
        }
        marks = [
            Mark(given.locator(".cm-content"), _("Your answer."), right=True),
            Mark(check.locator(".cm-content"), _("The check. Take the # away for a hint."), right=True),
            Mark(verdict.last, _("The verdict: what happened, on which example, and what to do next."), right=True),
        ]
        picture = annotated(browser, page, region, marks)  # type: ignore[arg-type]
        lab.save()
        # Store the verdict in the picture, so that a test can detect when it is out of date.
        yield f"{LAB}.{language}.png", small(picture, shown_text(file, "check-segment-ids"))
    context.close()


@contextmanager
def fixed_hub() -> Iterator[LocalHub]:
    """Start a Hub with the accounts, models and events for the screenshots."""
    with LocalHub(extensions=(CLASSROOM,)) as hub:
        seeding.seed(hub)
        hub.create_user("tina", password=PASSWORD, fullname="Tina", administrator=True)
        for name, fullname, steps in CLASS:
            hub.create_user(name, password=PASSWORD, fullname=fullname)
            if steps >= 3:
                # Only Ada's model is on the list page, with the six of lesson 1.
                hub.create_repository(f"{name}/mymodel04", private=name != "ada")
        model = {path.name: path.read_bytes() for path in sorted(finetuned_folder().iterdir())}
        hub.add_files("ada/mymodel04", model)
        for name, _fullname, steps in reversed(CLASS):
            _record(hub, name, steps, sum(map(len, model.values())))
        yield hub


def _record(hub: LocalHub, name: str, steps: int, size: int) -> None:
    """Record the events of a learner who has done this many steps."""
    user = accounts.find_user(hub.hub, name)
    assert user
    kinds = ("account.created", "account.logged_in", "repository.created", "git.pushed", "git.fetched", "model.loaded")
    for kind in kinds[:steps]:
        moved = kind in ("git.pushed", "git.fetched")
        detail = {"files": 6, "size": size, "weights": True} if moved else {}
        repository = f"{name}/mymodel04" if kind in kinds[2:] else None
        record(hub.hub, kind, Sender(user_id=user.id, user_name=name), repository_name=repository, detail=detail)


def screenshots() -> Iterator[tuple[str, bytes]]:
    """Yield the name and PNG of each screenshot in each language."""
    for language in settings.LANGUAGES:
        with fixed_hub() as hub, chromium(f"--host-resolver-rules=MAP {ADDRESS} 127.0.0.1:{hub.port}") as browser:
            yield from hub_pictures(browser, language)
            with tempfile.TemporaryDirectory() as folder:
                yield from lab_pictures(browser, Path(folder) / "workspace", language)
