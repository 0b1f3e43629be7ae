"""The catalogues' tool finds every message, keeps translations, and reports missing ones."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from autograde.i18n.catalogues import catalogue, messages_by_room, po_text, problems, update


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "package"
    (root / "hub" / "templates").mkdir(parents=True)
    (root / "hub" / "names.py").write_text('_ = translator("hub", language)\nraise E(_("Name taken: {name}"))\n')
    (root / "hub" / "templates" / "join.html").write_text("<h1>{{ _('Sign up') }}</h1>")
    (root / "learn.py").write_text(
        'from x import messages\n_ = messages("cli")\nprint(_("Stop: " "Ctrl-C"))\nprint("not marked")\n'
    )
    (root / "lesson.py").write_text('_ = messages("widgets")\nprint(_("Hello"))\n')
    return root


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    return tmp_path / "locale"


def translate(locale: Path, room: str, words: dict[str, str]) -> None:
    """Fill in translations, as a person does in an editor."""
    po = locale / "zh" / "LC_MESSAGES" / f"{room}.po"
    found = catalogue(po)
    for message, translation in words.items():
        found[message].string = translation
    po.write_bytes(po_text(found))


def test_messages_are_collected_by_room(package: Path) -> None:
    found = {room: set(messages) for room, messages in messages_by_room(package).items()}
    assert found == {"hub": {"Name taken: {name}", "Sign up"}, "cli": {"Stop: Ctrl-C"}, "widgets": {"Hello"}}


def test_message_inside_an_f_string_is_found(package: Path) -> None:
    (package / "lesson.py").write_text(
        '_ = messages("widgets")\nprint(f\'<b>{escape(_("Lesson {n}").format(n=n))}</b>\')\n'
    )
    assert set(messages_by_room(package)["widgets"]) == {"Lesson {n}"}


def test_untranslated_messages_are_reported(package: Path, locale: Path) -> None:
    update(locale=locale, package=package)
    assert sorted(problems(locale, package)) == [
        "cli.po: not translated: 'Stop: Ctrl-C'",
        "hub.po: not translated: 'Name taken: {name}'",
        "hub.po: not translated: 'Sign up'",
        "widgets.po: not translated: 'Hello'",
    ]


def test_translations_are_kept_by_an_update_and_compiled_for_gettext(package: Path, locale: Path) -> None:
    update(locale=locale, package=package)
    translate(locale, "cli", {"Stop: Ctrl-C": "停止：Ctrl-C"})
    assert "cli.mo: not compiled from cli.po; type: make messages" in problems(locale, package)
    update(["cli"], locale, package)
    assert not [problem for problem in problems(locale, package) if problem.startswith("cli")]
    assert gettext.translation("cli", locale, ["zh"]).gettext("Stop: Ctrl-C") == "停止：Ctrl-C"


def test_message_removed_from_the_code_is_removed_from_the_catalogue(package: Path, locale: Path) -> None:
    update(locale=locale, package=package)
    (package / "lesson.py").write_text('_ = messages("widgets")\nprint(_("Good day"))\n')
    assert "widgets.po: no longer in the code: 'Hello'" in problems(locale, package)
    update(locale=locale, package=package)
    assert {message.id for message in catalogue(locale / "zh" / "LC_MESSAGES" / "widgets.po") if message.id} == {
        "Good day"
    }


def test_translation_with_another_placeholder_is_reported(package: Path, locale: Path) -> None:
    update(locale=locale, package=package)
    translate(locale, "hub", {"Name taken: {name}": "名称已被占用：{nmae}"})
    assert "hub.po: another set of {names}: 'Name taken: {name}'" in problems(locale, package)


def test_two_updates_write_the_same_bytes(package: Path, locale: Path) -> None:
    update(locale=locale, package=package)
    before = {path: path.read_bytes() for path in locale.rglob("*.*o")}
    update(locale=locale, package=package)
    assert {path: path.read_bytes() for path in locale.rglob("*.*o")} == before
