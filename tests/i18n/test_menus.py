"""Menu items named in messages exist in JupyterLab, in English and Chinese."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from autograde.i18n.translation import LOCALE
from autograde.settings import KIT

#: A menu item in a Chinese text: “运行”>“运行所有单元格”.
PATH = re.compile(r"“([^”]+)”(?: ?> ?“([^”]+)”)+")

#: A menu item in an English message.
ENGLISH = re.compile(r"\b(Kernel|Run|Edit|File) > [A-Z]")


#: The same with the whole path, up to the next comma or word of the sentence.
ENGLISH_PATH = re.compile(r"\b(Kernel|Run|Edit|File)((?: > [A-Z]\w*(?: (?:(?:and|from|of) )?[A-Z]\w*)*)+)")


def menu_texts() -> dict[str, object]:
    """Return JupyterLab's texts: English, with a context in front, to Chinese."""
    folder = resources.files("jupyterlab_language_pack_zh_CN") / "locale" / "zh_CN" / "LC_MESSAGES"
    found: dict[str, object] = json.loads((folder / "jupyterlab.json").read_text(encoding="utf-8"))
    return found


def menu_words() -> set[str]:
    """Return every Chinese text of JupyterLab."""
    return {text for texts in menu_texts().values() if isinstance(texts, list) for text in texts}


def texts() -> list[tuple[str, str]]:
    found = [(path.name, path.read_text(encoding="utf-8")) for path in sorted((KIT / "course").glob("*.ipynb"))]
    for path in sorted(Path(LOCALE, "zh", "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            found += [(path.name, str(each.string)) for each in read_po(file, locale="zh") if each.id]
    return found


def test_menu_items_in_chinese_texts_exist() -> None:
    known, seen = menu_words(), 0
    for place, text in texts():
        for path in PATH.finditer(text):
            for name in re.findall(r"“([^”]+)”", path[0]):
                # JupyterLab inserts the kind of file: "Reload Notebook from Disk".
                assert name in known or re.sub("笔记本", " %1", name) in known, f"{place}: {name}"
                seen += 1
    assert seen > 10


def test_menu_items_in_english_messages_exist() -> None:
    # "Restart" is a button in a dialog; the menu item is "Restart Kernel…".
    known = {key.split("\x04")[-1].removesuffix("…") for key in menu_texts()} - {"Restart"}
    seen = 0
    for path in sorted(Path(LOCALE, "zh", "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for each in read_po(file, locale="zh"):
                for menu in ENGLISH_PATH.finditer(str(each.id or "")):
                    for name in (menu[1], *menu[2].removeprefix(" > ").split(" > ")):
                        # JupyterLab inserts the kind of file: "Reload Notebook from Disk".
                        assert name in known or name.replace("Notebook", "%1") in known, f"{path.name}: {name}"
                        seen += 1
    assert seen > 10


@pytest.mark.parametrize("path", sorted(Path(LOCALE, "zh", "LC_MESSAGES").glob("*.po")), ids=lambda path: path.stem)
def test_message_with_a_menu_item_has_it_in_chinese_too(path: Path) -> None:
    with path.open("rb") as file:
        for each in read_po(file, locale="zh"):
            if each.id and ENGLISH.search(str(each.id)):
                assert PATH.search(str(each.string)), each.string
