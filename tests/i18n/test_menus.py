"""Menus that messages name are called so in JupyterLab, in English and in the Chinese that learners have."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from autograde.i18n.translation import LOCALE
from autograde.settings import KIT

#: Names of menus: “运行”>“运行所有单元格”.
PATH = re.compile(r"“([^”]+)”(?: ?> ?“([^”]+)”)+")

#: Messages in English that name a menu.
ENGLISH = re.compile(r"\b(Kernel|Run|Edit|File) > [A-Z]")


#: The same with what was chosen in it, up to the next comma or word of a sentence.
ENGLISH_PATH = re.compile(r"\b(Kernel|Run|Edit|File)((?: > [A-Z]\w*(?: (?:(?:and|from|of) )?[A-Z]\w*)*)+)")


def menu_texts() -> dict[str, object]:
    """JupyterLab's texts: the English one, after its context, with the Chinese ones."""
    folder = resources.files("jupyterlab_language_pack_zh_CN") / "locale" / "zh_CN" / "LC_MESSAGES"
    found: dict[str, object] = json.loads((folder / "jupyterlab.json").read_text(encoding="utf-8"))
    return found


def menu_words() -> set[str]:
    """Every text of JupyterLab in Chinese."""
    return {text for texts in menu_texts().values() if isinstance(texts, list) for text in texts}


def texts() -> list[tuple[str, str]]:
    found = [(path.name, path.read_text(encoding="utf-8")) for path in sorted((KIT / "course").glob("*.ipynb"))]
    for path in sorted(Path(LOCALE, "zh", "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            found += [(path.name, str(each.string)) for each in read_po(file, locale="zh") if each.id]
    return found


def test_the_menus_of_chinese_texts_exist() -> None:
    known, seen = menu_words(), 0
    for place, text in texts():
        for path in PATH.finditer(text):
            for name in re.findall(r"“([^”]+)”", path[0]):
                # JupyterLab puts the kind of file in: "Reload Notebook from Disk".
                assert name in known or re.sub("笔记本", " %1", name) in known, f"{place}: {name}"
                seen += 1
    assert seen > 10


def test_the_menus_of_english_messages_exist() -> None:
    # "Restart" is a button of a dialog; messages once took it for the menu's "Restart Kernel…".
    known = {key.split("\x04")[-1].removesuffix("…") for key in menu_texts()} - {"Restart"}
    seen = 0
    for path in sorted(Path(LOCALE, "zh", "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for each in read_po(file, locale="zh"):
                for menu in ENGLISH_PATH.finditer(str(each.id or "")):
                    for name in (menu[1], *menu[2].removeprefix(" > ").split(" > ")):
                        # JupyterLab puts the kind of file in: "Reload Notebook from Disk".
                        assert name in known or name.replace("Notebook", "%1") in known, f"{path.name}: {name}"
                        seen += 1
    assert seen > 10


@pytest.mark.parametrize("path", sorted(Path(LOCALE, "zh", "LC_MESSAGES").glob("*.po")), ids=lambda path: path.stem)
def test_a_message_that_names_a_menu_names_it_in_chinese_too(path: Path) -> None:
    with path.open("rb") as file:
        for each in read_po(file, locale="zh"):
            if each.id and ENGLISH.search(str(each.id)):
                assert PATH.search(str(each.string)), each.string
