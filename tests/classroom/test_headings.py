"""Recognising the headings of class lists in many forms."""

from __future__ import annotations

import pytest

from autograde.classroom.headings import Role, has_known_word, normal, role_of


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("User_Name", Role.NAME), ("BENUTZERNAME:", Role.NAME), ("Nom d’utilisateur", Role.NAME), ("学号", Role.NUMBER),
        ("Matr.-Nr.", Role.NUMBER), ("E-Mail (Uni)", Role.EMAIL), ("邮箱（必填）", Role.EMAIL),
        ("last_name", Role.LAST),
        ("Apellido(s)", Role.LAST), ("First name", Role.FIRST), ("Nachname, Vorname", Role.FULLNAME),
        ("Name", Role.SOME_NAME), ("Klasse", Role.UNUSED), ("ada", None), ("", None), ("（）", None),
    ],
)  # fmt: skip
def test_heading_gives_the_role_of_its_column(heading: str, role: Role | None) -> None:
    assert role_of(heading) == role


@pytest.mark.parametrize("heading", ["User_Name", "E-Mail (Uni)", "Nom d’utilisateur:", "邮箱（必填）"])
def test_normalising_a_heading_twice_changes_nothing(heading: str) -> None:
    assert normal(normal(heading)) == normal(heading)


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        ("Your user name", True),
        ("Login des Studenten", True),
        ("你的用户名", True),
        ("Ada Lovelace", False),
        ("Ismail", False),
    ],
)
def test_known_words_inside_a_cell_are_found(cell: str, known: bool) -> None:
    assert has_known_word(cell) == known
