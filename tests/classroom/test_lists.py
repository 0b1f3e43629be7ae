"""Reading class lists as many programs write them, with a remark about everything that was guessed."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.classroom.headings import Role
from autograde.classroom.lists import MOST, ClassList, allowed_name, read, understood
from autograde.errors import HubRefused
from autograde.hub.names import RESERVED, user_name_problem

PEOPLE = [("ada", "ada@example.org", "Ada Lovelace"), ("xiaoming", "xm@example.org", "王小明")]


def read_text(text: str, *, columns: str = "", header: bool | None = None) -> ClassList:
    return read(text.encode(), columns=columns, header=header)


def table(listed: ClassList) -> list[tuple[str, str, str]]:
    return [(row.name, row.email, row.fullname) for row in listed.rows]


@pytest.mark.parametrize(
    ("heading", "learner", "teacher"),
    [
        ("Roles", "Student", "Non-editing teacher"),
        ("Rollen", "Teilnehmer/in", "Trainer/in"),
        ("角色", "学生", "教师"),
        ("Role", "StudentEnrollment", "TeacherEnrollment"),
        ("Roles", "Student, Teacher", "Manager"),
        ("Role", "Product Manager", "Teaching Assistant"),
        ("角色", "学生", "助教"),
    ],
)
def test_teachers_in_a_list_of_participants_get_no_account(heading: str, learner: str, teacher: str) -> None:
    """Moodle's list of participants has the teacher, who was then missed in every exercise."""
    listed = read_text(f'id,name,{heading}\nada,Ada Li,"{learner}"\ntina,Tina Wu,{teacher}\n')
    assert [row.name for row in listed.rows] == ["ada"]
    assert any(remark.startswith(f"Line 3 is skipped: the role is {teacher}.") for remark in listed.remarks)
    without = read_text(f'id,name,Beruf\nada,Ada Li,"{learner}"\ntina,Tina Wu,{teacher}\n')
    assert [row.name for row in without.rows] == ["ada", "tina"]


def test_names_beside_full_names_are_user_names() -> None:
    """The full names were not used, and the user names were taken for them."""
    listed = read_text("name,fullname,email\nada,Ada Lovelace,ada.l@example.org\nbo2,Bo Li,bo@example.org\n")
    assert table(listed) == [("ada", "ada.l@example.org", "Ada Lovelace"), ("bo2", "bo@example.org", "Bo Li")]


@pytest.mark.parametrize("heading", ["password", "Passwort", "初始密码", "Kennwort (neu)"])
def test_passwords_in_a_list_are_not_printed(heading: str) -> None:
    """The list of new accounts may be read again, on a projector."""
    listed = read_text(f"username,full name,{heading}\nada,Ada Lovelace,6aa3-urmh-mmj7\n")
    assert "6aa3" not in "".join(understood(listed))


def test_last_name_of_several_words_is_read_from_its_own_column() -> None:
    listed = read_text("First name,Last name,Email\nPaul,de Vries,p@example.org\n小明,王,x@example.org\n")
    assert [row.surname for row in listed.rows] == ["de Vries", ""]
    listed = read_text('Student,SIS Login ID\n"García Márquez, José Luis",jgarcia\n')
    assert [(row.fullname, row.surname) for row in listed.rows] == [("José Luis García Márquez", "García Márquez")]
    assert [row.surname for row in read_text("name,email\nPaul de Vries,p@example.org\n").rows] == [""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["", "username,email,full name", "用户名,邮箱,姓名", "User Name,E-Mail,Name"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_list_is_read_in_every_encoding_and_format(encoding: str, mark: str, header: str, end: str) -> None:
    lines = [header.replace(",", mark)] if header else []
    content = end.join(lines + [mark.join(person) for person in PEOPLE] + ["", ""]).encode(encoding)
    listed = read(content)
    assert table(listed) == PEOPLE
    assert [row.line for row in listed.rows] == [number + bool(header) for number in (1, 2)]
    assert not any(row.remark for row in listed.rows)
    assert any("not UTF-8" in remark for remark in listed.remarks) == encoding.startswith("gb")
    assert any("No header was recognised" in remark for remark in listed.remarks) == (not header)


@pytest.mark.parametrize("text", ["email,name\na@x.org,ada\nbob@x.org\n", "email,name\na@x.org,ada\nbob@x.org,\n"])
def test_user_names_with_an_empty_cell_among_them_are_user_names(text: str) -> None:
    """An empty cell once turned the others into full names, unless its line was shorter than the others."""
    assert [(row.name, row.fullname) for row in read_text(text).rows] == [("ada", ""), ("bob", "")]


def test_header_gives_the_order_and_other_columns_are_ignored() -> None:
    listed = read_text("姓名,学号,班级,邮箱\n王小明,xiaoming,3,xm@example.org\n")
    assert table(listed) == [("xiaoming", "xm@example.org", "王小明")]
    assert [column.role for column in listed.columns] == [Role.FULLNAME, Role.NUMBER, Role.UNUSED, Role.EMAIL]
    assert table(read_text("name,email\nada,a@b.c")) == [("ada", "a@b.c", "")]
    assert table(read_text("ada")) == [("ada", "", "")]
    assert table(read_text("ada，a@b.c，艾达")) == [("ada", "a@b.c", "艾达")]


ADA = ("ada", "ada@uni.example", "Ada Lovelace")


@pytest.mark.parametrize(
    "text",
    [
        "id,last_name,first_name,email\nada, Lovelace, Ada, ada@uni.example",
        "First name,Surname,Username,ID number,Email address\nAda,Lovelace,ada,17,ada@uni.example",
        '"First name","Last name","Email address"\nAda,Lovelace,ada@uni.example',
        "Vorname;Nachname;Anmeldename;E-Mail-Adresse\nAda;Lovelace;ada;ada@uni.example",
        "Name;Vorname;Matrikelnummer;Uni-Kennung;E-Mail\nLovelace;Ada;17;ada;ada@uni.example",
        "Nom,Prénom,Nom d’utilisateur,Adresse de courriel\nLovelace,Ada,ada,ada@uni.example",
        "Nombre,Apellido(s),Nombre de usuario,Dirección de correo\nAda,Lovelace,ada,ada@uni.example",
        "Nome;Cognome;Nome utente;Indirizzo email\nAda;Lovelace;ada;ada@uni.example",
        "Nome,Sobrenome,Usuário,Endereço de e-mail\nAda,Lovelace,ada,ada@uni.example",
        "用户名：,姓名,电子邮件地址\nada,Ada Lovelace,ada@uni.example",
        "帳號,學生姓名,電子郵件信箱\nada,Ada Lovelace,ada@uni.example",
        "ユーザー名,氏名,メールアドレス\nada,Ada Lovelace,ada@uni.example",
        "E-mail (required),Full_Name\nada@uni.example,Ada Lovelace",
        "Name,Email\nAda Lovelace,ada@uni.example",
        'Student,ID,SIS Login ID\n"Lovelace, Ada",12345,ada@uni.example',
        "Class of 2026;;\n\nUser name;Name;E-Mail\nada;Ada Lovelace;ada@uni.example",
        "sep=;\nUser name;Name;E-Mail\nada;Ada Lovelace;ada@uni.example",
        "Ada Lovelace;ada@uni.example",
        '"Lovelace, Ada";ada@uni.example',
        "Ada,Lovelace,ada@uni.example",
        "Ada Lovelace <ada@uni.example>",
        "Gebruikersnaam;Voornaam;Achternaam;E-mailadres\nada;Ada;Lovelace;ada@uni.example",
        "이름,아이디,이메일\nAda Lovelace,ada,ada@uni.example",
        "Имя;Фамилия;Почта\nAda;Lovelace;ada@uni.example",
        "Uživatel;Jméno;Příjmení;E-mail\nada;Ada;Lovelace;ada@uni.example",
        "NOM;PRENOM;MAIL\nLovelace;Ada;ada@uni.example",
        "Nom de l'étudiant;Prénom de l'étudiant;Adresse électronique\nLovelace;Ada;ada@uni.example",
        "Cognome;Nome;E-mail istituzionale\nLovelace;Ada;ada@uni.example",
        "Apellidos;Nombre;DNI;Correo electrónico institucional\nLovelace;Ada;12345678Z;ada@uni.example",
        "Name (Original Name),User Email\nAda Lovelace,ada@uni.example",
        '"identifier","github_username","name"\n"ada@uni.example","ada","Ada Lovelace"',
        "用 户 名,姓 名,邮 箱\nada,Ada Lovelace,ada@uni.example",
        "用户名/Username,姓名/Name,邮箱/Email\nada,Ada Lovelace,ada@uni.example",
        "用户名 Username,姓名 Name,邮箱 E-mail\nada,Ada Lovelace,ada@uni.example",
        "| Username | Name | E-Mail |\n|---|:--|---|\n| ada | Ada Lovelace | ada@uni.example |",
        "Name;E-Mail\nAda Lovelace;mailto:ada@uni.example",
        "Name;E-Mail\nAda Lovelace;<ada@uni.example>",
        "Name;E-Mail\nAda Lovelace;ada(at)uni.example",
        "Name,E-Mail\nAda Lovelace,ada@uni.example;",
        "Student;;Contact\nUsername;Name;E-Mail\nada;Ada Lovelace;ada@uni.example",
        "Username  Name          E-Mail\nada       Ada Lovelace  ada@uni.example",
        "+-----+\n| Username | Name | E-Mail |\n+-----+\n| ada | Ada Lovelace | ada@uni.example |",
        "Utilizator;Nume;Prenume;E-mail\nada;Lovelace;Ada;ada@uni.example",
        "Логін;Ім'я;Прізвище;Пошта\nada;Ada;Lovelace;ada@uni.example",
        "Όνομα χρήστη;Όνομα;Επώνυμο;Email\nada;Ada;Lovelace;ada@uni.example",
        "اسم المستخدم,الاسم,البريد الإلكتروني\nada,Ada Lovelace,ada@uni.example",
        "Tên đăng nhập,Họ và tên,Email\nada,Ada Lovelace,ada@uni.example",
        "Username;Name;E-Mail\nada;Ada Lovelace;ada@uni.example\n\x1a",
        '"Username;Name;E-Mail"\n"ada;Ada Lovelace;ada@uni.example"',
        '"Username,""Name"",E-Mail"\n"ada,""Ada Lovelace"",ada@uni.example"',
        "#,Username,Name,E-Mail\n1,#ada,Ada Lovelace,ada@uni.example",
        "Ad;Soyad;E-posta\nAda;Lovelace;ada@uni.example",
        "姓名，邮箱\nAda Lovelace，ada＠uni.example",
        "sep=,\nUsername;Name;E-Mail\nada;Ada Lovelace;ada@uni.example",
        "First name / Last name,Email address\nAda Lovelace,ada@uni.example",
        "Vorname und Nachname;E-Mail\nAda Lovelace;ada@uni.example",
        'Teilnehmer*in;E-Mail\n"Lovelace, Ada";ada@uni.example',
        "Identifier,Full name,Email address\nParticipant 17,Ada Lovelace,ada@uni.example",
        "\u200bUsername;Name;E-Mail\n\u200bada;\u00a0Ada Lovelace;ada@uni.example\u200b",
    ],
)
def test_headers_of_platforms_and_languages_are_recognised(text: str) -> None:
    assert table(read_text(text)) == [ADA]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Ada,Lovelace,20230001", ("s20230001", "", "Ada Lovelace")),
        ("20230001,Ada,Lovelace", ("s20230001", "", "Ada Lovelace")),
        ("王小明,20230001", ("s20230001", "", "王小明")),
        ("1,计算机1班,20230001,王小明\n2,计算机1班,20230002,李华", ("s20230001", "", "王小明")),
        ("Lovelace,Ada,ada@uni.example,CS\nHopper,Grace,g@uni.example,CS", ("ada", "ada@uni.example", "Lovelace Ada")),
        ("Lovelace,Ada\nHopper,Grace", ("Lovelace-Ada", "", "Lovelace Ada")),
        ("Lovelace, Ada\nHopper, Grace", ("Ada-Lovelace", "", "Ada Lovelace")),
        ("王小明\n李华", ("", "", "王小明")),
    ],
)
def test_columns_without_a_header_are_recognised_by_their_cells(text: str, person: tuple[str, str, str]) -> None:
    """A number was read as a full name, and a last name as an e-mail address."""
    assert table(read_text(text))[0] == person


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("Student,ID,SIS User ID,Task\n    Punkte möglich,,,10\n", "Punkte möglich | 10"),
        ("学生,ID,SIS用户ID,作业\n    可得分,,,10\n", "可得分 | 10"),
        ("Last Name,First Name,Email Address,Task\nDate,,,2026-10-01\nPoints,,,10\n", "Points | 10"),
    ],
)
def test_points_row_below_the_header_is_not_a_person(text: str, skipped: str) -> None:
    listed = read_text(f"{text}Ada,Lovelace,ada@uni.example,9\nGrace,Hopper,grace@uni.example,8\n")
    assert [row.email for row in listed.rows] == ["ada@uni.example", "grace@uni.example"]
    assert skipped in listed.remarks[-1]


def test_people_without_a_number_are_not_read_as_points() -> None:
    assert len(read_text("Name,Student ID,Group\nAda Lovelace,,A\nGrace Hopper,17,B\nMary Jackson,,A\n").rows) == 3
    assert len(read_text("Name,Student ID,Group\nAda Lovelace,,\nGrace Hopper,17,B\n").rows) == 2


def test_second_table_next_to_the_first_is_read() -> None:
    listed = read_text("学号,姓名,学号,姓名\nk1,王小明,k3,张三\nk2,李华,,\n")
    assert [(row.line, row.name) for row in listed.rows] == [(2, "k1"), (3, "k2"), (2, "k3")]


def test_tables_with_an_empty_column_between_them_are_both_read() -> None:
    """The people of the second table were lost without a word."""
    listed = read_text("id;name;;id;name\na1;Ada Lovelace;;b2;Bea Okafor\nc3;Cem Kaya;;;\n")
    assert [row.name for row in listed.rows] == ["a1", "c3", "b2"]


@pytest.mark.parametrize("between", ["x", "", "absent today"])
def test_tables_with_a_remark_between_them_are_both_read(between: str) -> None:
    """A single cell in the column between the tables made the second one disappear."""
    listed = read_text(
        f"name,email,,name,email\nAda L,a@uni.example,{between},Bob B,b@uni.example\nCy C,c@uni.example\n"
    )
    assert [row.email for row in listed.rows] == ["a@uni.example", "c@uni.example", "b@uni.example"]


@pytest.mark.parametrize(
    ("header", "remark"),
    [
        ("Name,Email,,姓名,邮箱", "Column 5 looks like column 2, but is not used."),
        ("Name,Email,,NAME,E-Mail", "Two columns are called NAME; column 4 is not used."),
    ],
)
def test_second_table_with_other_headings_is_reported(header: str, remark: str) -> None:
    listed = read_text(f"{header}\nAda L,a@uni.example,,Bob B,b@uni.example\n")
    assert remark in "".join(listed.remarks)


def test_second_table_with_headings_in_capitals_is_read() -> None:
    assert len(read_text("Name,Email,,NAME,EMAIL\nAda L,a@uni.example,,Bob B,b@uni.example\n").rows) == 2


def test_tables_with_a_line_between_them_are_both_read() -> None:
    listed = read_text("name,email,|,name,email\nAda L,a@uni.example,|,Bob B,b@uni.example\n")
    assert [row.email for row in listed.rows] == ["a@uni.example", "b@uni.example"]


def test_second_column_of_addresses_without_a_header_is_reported() -> None:
    """Ada got Bob's address as the user name."""
    listed = read_text("Ada L,ada@uni.example,Bob B,bob@uni.example\nCy C,cyc@uni.example,Di D,did@uni.example\n")
    assert table(listed) == [("ada", "ada@uni.example", "Ada L"), ("cyc", "cyc@uni.example", "Cy C")]
    assert "Column 4 looks like column 2, but is not used." in "".join(listed.remarks)
    assert "Column 3 looks like column 1, but is not used." in "".join(listed.remarks)
    listed = read_text("2023001,王小明,2023002,李雷\n2023003,赵一,2023004,钱二\n")
    assert [remark[:28] for remark in listed.remarks[:2]] == [
        f"Column {at + 2} looks like column {at}" for at in (1, 2)
    ]
    assert len(read_text("1,计算机1班,20230001,王小明\n2,计算机1班,20230002,李华").remarks) == 1
    assert len(read_text("1,20230001,王小明,13800000001,张伟\n2,20230002,李雷,13800000002,王芳\n").remarks) == 1


def test_second_column_of_names_that_is_not_used_is_reported() -> None:
    listed = read_text("name,email,group,name,email\nAda L,a@uni.example,1,Bob B,b@uni.example\n")
    assert [row.email for row in listed.rows] == ["a@uni.example"]
    assert [remark[:46] for remark in listed.remarks] == [
        "Two columns are called name; column 4 is not u",
        "Two columns are called email; column 5 is not ",
    ]
    assert not read_text("name,email,group,name\nAda L,a@uni.example,1\n").remarks


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("username,full name", "total,Total Ada"),
        ("username,full name", "sum,Sum Wong"),
        ("username,first name,last name", "sum,Wing,Sum"),
        ("username,full name", "sum.wong,Sum 王"),
        ("full name,username", "Sum Wong,swong"),
        ("full name,student number", "Sum Wong,20230001"),
        ("full name,student number", "Sum Wong,2023-0001"),
        ("full name,email", "Sum Wong,sw@uni.example"),
    ],
)
def test_person_with_the_name_of_a_total_is_kept(header: str, text: str) -> None:
    assert len(read_text(f"{header}\n{text}\n").rows) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Total,Number of students,", "Total,Total Students,", "total,Class Total,", "Sum,Sum of points,",
        "Total,Total 30,", "Total,Students,",
        "合计,共 两 人,", "合计,合计 两人,", "共 两 人,,", "Summe,Anzahl der Teilnehmer,", "Total,31,",
        "Average,,9", "Class mean,9,", "Mittelwert,,2.5", "平均,,9", "最高分,,10", "Subtotal,2,",
        "Number of students,1,", "小计,1,", "全班,1,",
    ],
)  # fmt: skip
def test_total_with_words_in_another_column_gets_no_account(line: str) -> None:
    """The words counted as the full name of a person called Total."""
    listed = read_text(f"username,full name,email\nada,Ada Lovelace,ada@uni.example\n{line}\n")
    assert table(listed) == [ADA]
    assert "Line 3 is skipped: it is a total" in listed.remarks[-1]
    turned = read_text(f"full name,id,email\nAda Lovelace,ada,ada@uni.example\n{line}\n")
    assert [row.fullname for row in turned.rows] == ["Ada Lovelace"]


@pytest.mark.parametrize(
    ("header", "person", "other"),
    [
        ("Name", "Mean Sok", "Ada Lovelace"),
        ("Name,Points", "Mean Sok,3", "Ada Lovelace,2"),
        ("Name,ID", "Mean Sok,1234", "Ada Lovelace,1235"),
        ("First name,Last name", "Mean,Sok", "Ada,Lovelace"),
        ("Last name,First name", "Mean,Sonita", "Lovelace,Ada"),
        ("Last name,First name,ID", "Mean,Sonita,1234", "Lovelace,Ada,1235"),
        ("Last name,ID", "Mean,1234", "Lovelace,1235"),
    ],
)
def test_person_whose_name_is_mean_gets_an_account(header: str, person: str, other: str) -> None:
    listed = read_text(f"{header}\n{person}\n{other}\n")
    assert len(listed.rows) == 2
    assert not any("a total" in remark for remark in listed.remarks)


@pytest.mark.parametrize(
    "line", ["Mean,,9", "Median:,,9", "Average 9.5,,", "Mean score,,7.5", "Mean grade,,2", "Class mean,,", "Mean,-,9 %"]
)
def test_average_of_a_column_gets_no_account(line: str) -> None:
    listed = read_text(f"full name,id,points\nAda Lovelace,ada,3\n{line}\n")
    assert [row.fullname for row in listed.rows] == ["Ada Lovelace"]
    assert "Line 3 is skipped: it is a total or an average" in listed.remarks[-1]


def test_remark_with_a_colon_below_the_list_is_skipped() -> None:
    assert len(read_text("学号,姓名\n2023001,王小明\n2023002,李华\n制表人：张老师,\n").rows) == 2


def test_numbers_and_names_without_a_separator_are_two_columns() -> None:
    listed = read_text("4711 Ada Lovelace\n4712 Bea Okafor\n")
    assert table(listed) == [("s4711", "", "Ada Lovelace"), ("s4712", "", "Bea Okafor")]


def test_number_without_a_name_does_not_join_the_numbers_and_names_of_the_others() -> None:
    listed = read_text("4711 Ada Lovelace\n4712\n")
    assert table(listed) == [("s4711", "", "Ada Lovelace"), ("s4712", "", "")]
    assert table(read_text("4711\n4712\n")) == [("s4711", "", ""), ("s4712", "", "")]


def test_line_with_shifted_cells_is_reported() -> None:
    listed = read_text("username,name,email\nada,Lovelace, Ada,ada@uni.example\nzoe,Zoe,zoe@uni.example\n")
    assert ["another column" in row.problem for row in listed.rows] == [True, False]


def test_github_classroom_roster_keeps_names_and_addresses() -> None:
    named = read_text('"identifier","github_username"\n"Ada Lovelace","ada"\n"Grace Hopper",""\n')
    assert table(named) == [("ada", "", "Ada Lovelace"), ("Grace-Hopper", "", "Grace Hopper")]
    mixed = read_text('"identifier","github_username"\n"ada@uni.example","ada"\n"2023","g"\n')
    assert table(mixed) == [("ada", "ada@uni.example", ""), ("g", "", "")]


TABLE = "Username;Name;E-Mail\nada;Ada Lovelace;ada@uni.example\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Total;1;", "a total"), ("Summe:;;1", "a total"), (";;Gesamt: 1", "a total"), ("合计;1;", "a total"),
        ("共 1 人;;", "a total"), ("Anzahl;1;", "a total"), ("Exported on 1 October 2026;;", "a remark"),
        ("Gruppe 2;;", "a remark"), ("Stand:;1.10.2026;", "a remark"), ("Datum:;;Unterschrift:", "a remark"),
        ("USERNAME;name;e-mail", "the header once more"),
    ],
)  # fmt: skip
def test_line_that_is_not_a_person_is_skipped_with_a_remark(line: str, why: str) -> None:
    listed = read_text(f"{TABLE}{line}\n")
    assert table(listed) == [ADA]
    assert "Line 3 is skipped" in listed.remarks[-1]
    assert why in listed.remarks[-1]


def test_group_names_between_people_are_skipped() -> None:
    listed = read_text("username;name\nGroup A;\nada;Ada\n")
    assert table(listed) == [("ada", "", "Ada")]
    assert "Line 2 is skipped" in listed.remarks[-1]


def test_people_with_only_one_filled_cell_are_kept() -> None:
    assert len(read_text(f"{TABLE}grace;;\n;;grace@uni.example\n;Grace Hopper;\nsummer;;\n").rows) == 5


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Name\nLovelace, Ada\nHopper, Grace\n", ["Ada Lovelace", "Grace Hopper"]),
        ("Ada Lovelace\nGrace Hopper\n", ["Ada Lovelace", "Grace Hopper"]),
        ("1;Ada Lovelace;ada@uni.example\n2;Grace Hopper;grace@uni.example", ["Ada Lovelace", "Grace Hopper"]),
        ("1. Ada Lovelace\n2. Grace Hopper\n", ["Ada Lovelace", "Grace Hopper"]),
        ("Ada Lovelace <ada@uni.example>; Grace Hopper <grace@uni.example>", ["Ada Lovelace", "Grace Hopper"]),
        ("- ada@uni.example\n- grace@uni.example", ["", ""]),
        ("ada@uni.example, grace@uni.example", ["", ""]),
        ('Username;Name\nada;"Ada Lovelace\ngrace;Grace Hopper\n', ["Ada Lovelace", "Grace Hopper"]),
    ],
)
def test_people_in_lists_without_a_table_are_found(text: str, people: list[str]) -> None:
    assert [row.fullname for row in read_text(text).rows] == people


def test_decimals_and_quotes_are_removed_from_student_numbers() -> None:
    assert [row.given for row in read_text("Student ID;Name\n12345,0;Ada\n").rows] == ["12345"]
    listed = read_text('Student ID;Name\n12345.0;Ada\n\'00123;Grace\n"=""00456""";Mary\n')
    assert [row.given for row in listed.rows] == ["12345", "00123", "00456"]
    failed = read_text("Student ID;Name;E-Mail\n#N/A;Ada Lovelace;ada@uni.example\n")
    assert [(row.name, row.given) for row in failed.rows] == [("ada", "")]


def test_replacement_characters_are_reported() -> None:
    listed = read_text("Username;Name\nzoe;Zo\ufffd\n")
    assert any("letters are lost" in remark for remark in listed.remarks)


def test_chinese_names_are_joined_without_a_space() -> None:
    listed = read_text("名,姓,用户名,学号,Email地址\n小明,王,xm,2023001,xm@uni.example\nAda,Lovelace,ada,2023002,\n")
    assert table(listed) == [("xm", "xm@uni.example", "王小明"), ("ada", "", "Ada Lovelace")]


def test_order_of_names_with_a_comma_and_a_blank_is_reported() -> None:
    assert any("last name, first name" in remark for remark in read_text("Lovelace, Ada\nHopper, Grace\n").remarks)


@pytest.mark.parametrize(
    "text",
    [
        "学号,姓名,邮箱\nStudent ID,Name,Email\n2023001,王小明,w@uni.example\n",
        "First name,Last name,Email\n名,姓,邮箱\nAda,Lovelace,a@uni.example\n",
    ],
)
def test_header_in_a_second_language_is_not_a_person(text: str) -> None:
    listed = read_text(text)
    assert len(listed.rows) == 1
    assert any("Line 2 is skipped: it is the header once more" in remark for remark in listed.remarks)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Vorname,Nachname\nName,Name\nAda,Lovelace\n", ["Name Name", "Ada Lovelace"]),
        ("last name,first name,user name\nLast,First,user\n", ["First Last"]),
        ("Vorname,Nachname,Konto\nAda,Lovelace,ada\nAd,Name,login\n", ["Ada Lovelace", "Ad Name"]),
        ("Vorname,Nachname\nPrénom,Nom\nAda,Lovelace\nVorname,Nachname\nPrénom,Nom\n", ["Ada Lovelace"]),
        ("学号,姓名\n17,Ada\n学号,姓名\nStudent ID,Name\n18,Bea\n", ["Ada", "Bea"]),
        ("学号,姓名,邮箱\nID,,Email\n17,Ada,a@uni.example\n", ["Ada"]),
        ("Name,E-Mail\nAda Lovelace,a@uni.example\nName,E-Mail-Adresse\n", ["Ada Lovelace"]),
        ("Name,E-Mail\n姓名,邮箱\nFull name,Email\nAda Lovelace,a@uni.example\n姓名,邮箱\n", ["Ada Lovelace"]),
    ],
)
def test_person_whose_names_are_words_for_headings_is_kept(text: str, people: list[str]) -> None:
    """A line is a translation only below the header or its repetitions, or with a heading in place of an address."""
    assert [row.fullname for row in read_text(text).rows] == people


@pytest.mark.parametrize(
    ("header", "person"),
    [
        ("Timestamp,Email Address,Your name,Username", ("ada", "a@uni.example", "Ada Lovelace")),
        ("提交时间,邮箱,请填写您的姓名,请输入学号", ("ada", "a@uni.example", "Ada Lovelace")),
        ("Zeit,Ihre E-Mail,Ihr Name?,Benutzername", ("ada", "a@uni.example", "Ada Lovelace")),
        ("Zeit,E-posta,Ad Soyad,Öğrenci No", ("ada", "a@uni.example", "Ada Lovelace")),
    ],
)
def test_questions_of_a_form_are_headings(header: str, person: tuple[str, str, str]) -> None:
    """The column with the names was not used, and nothing said so."""
    assert table(read_text(f"{header}\n5/1/2027,a@uni.example,Ada Lovelace,ada\n")) == [person]


REPLACED = [
    "1 March 2026",
    "March 1, 2026",
    "Sonntag, 1. März 2026",
    "2026-03-01T00:00:00",
    "3:04 PM",
    "01.03.2026",
    "1/3/26",
    "2026-03-01 00:00:00",
    "1. März",
    "01. Mai 2026",
    "01-avr.",
    "03:04:00",
    "########",
]


@pytest.mark.parametrize("cell", [*REPLACED, "3月1日"])
def test_date_or_marks_in_place_of_a_user_name_are_a_problem(cell: str) -> None:
    """Excel turns MAR1 into a date, and the person got it as the user name."""
    [wrong, right] = read_text(f'username,full name\n"{cell}",王小明\nmar-1,Bea Okafor\n').rows
    assert f"Excel put {cell} in place" in wrong.problem
    assert ("Perhaps" in wrong.problem) == (not re.search("[M月#](?!$)|avr", cell))
    assert (right.name, right.problem) == ("mar-1", "")


@pytest.mark.parametrize("cell", REPLACED)
def test_person_with_a_date_gets_the_name_from_the_other_columns_and_a_remark(cell: str) -> None:
    listed = read_text(f'username,full name,email\n"{cell}",Ada Lovelace,\n"{cell}",Bea Okafor,bea@uni.example\n')
    assert [(row.name, row.given, row.problem) for row in listed.rows] == [("Ada-Lovelace", "", ""), ("bea", "", "")]
    assert f"{cell} (line 2), {cell} (line 3)" in listed.remarks[-1]


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["1. ada", "2. bob"], ["1-ada", "2-bob"]),
        (["3.ada"], ["3-ada"]),
        (["1. jan", "2. bob"], ["1-jan", "2-bob"]),
        (["2026.10.01", "2026.13.77"], ["2026-10-01", "2026-13-77"]),
        (["31.13.2026", "45:12"], ["31-13-2026", "45-12"]),
    ],
)
def test_names_with_numbers_are_not_taken_for_dates(cells: list[str], names: list[str]) -> None:
    """Any word after a number counted as a month, and the person was left out."""
    listed = read_text("username,full name\n" + "".join(f"{cell},王小明\n" for cell in cells))
    assert [(row.name, row.problem) for row in listed.rows] == [(name, "") for name in names]
    assert not any("Excel" in remark for remark in listed.remarks)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("12.1.26", "12-1-26"),
        ("Mrz 26", "Mrz-26"),
        ("1-Mar", "1-Mar"),
        ("2026-03-01", "2026-03-01"),
        ("1-3-26", "1-3-26"),
    ],
)
def test_name_that_is_perhaps_a_date_is_kept_with_a_remark(cell: str, name: str) -> None:
    listed = read_text(f"用户名,姓名\n{cell},王小明\n")
    assert [(row.name, row.given, row.problem) for row in listed.rows] == [(name, cell, "")]
    assert f"Perhaps Excel put dates in place of user names or numbers: {cell} (line 2)." in listed.remarks[-1]


def test_canvas_rows_that_are_not_people_are_skipped_with_a_remark() -> None:
    listed = read_text(
        "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
        '"Hopper, Grace",12346,u104712,ghopper,Sec 1\n"Student, Test",99,,abc123,Sec 1\n,,,,Manual Posting\n'
    )
    assert table(listed) == [("ghopper", "", "Grace Hopper")]
    assert ["Line 2" in listed.remarks[0], "Line 4" in listed.remarks[1], "Line 5" in listed.remarks[2]] == [True] * 3
    without = read_text("Student,ID,SIS User ID,Section\n" + '"Hopper, Grace",12346,u104712,Sec 1\n')
    assert table(without) == [("u104712", "", "Grace Hopper")]


@pytest.mark.parametrize("header", ["email", "E-Mail-Adresse", "邮箱", "メールアドレス"])
def test_user_names_are_made_from_addresses_with_a_remark(header: str) -> None:
    listed = read_text(f"{header}\nada@uni.example\ngrace@uni.example")
    assert table(listed) == [("ada", "ada@uni.example", ""), ("grace", "grace@uni.example", "")]
    assert listed.rows[0].remark == "user name made from ada@uni.example"


@pytest.mark.parametrize("header", ["Benutzername", "Uni-Kennung", "Nom d'utilisateur", "usuario", "用户名", "帳號"])
def test_header_of_a_single_column_is_not_a_person(header: str) -> None:
    assert table(read_text(f"{header}\nada\ngrace")) == [("ada", "", ""), ("grace", "", "")]


@pytest.mark.parametrize(
    "text",
    [
        "Foo\nada@uni.example\ngrace@uni.example",
        "Foo;Bar\n1234;Ada\n1235;Grace",
        "Quux\nada\ngrace",
        "foo;bar\nu104711;Ada\nu104712;Grace",
        "Your user name\nada",
        "你的用户名\nada",
    ],
)
def test_an_unknown_header_is_refused_with_the_first_rows(text: str) -> None:
    with pytest.raises(HubRefused, match="looks like a header") as refused:
        read_text(text)
    assert text.splitlines()[0].split(";")[0] in refused.value.what
    assert text.splitlines()[1].split(";")[0] in refused.value.what
    assert "--columns" in refused.value.fix
    assert len(read_text(text, header=False).rows) == len(text.splitlines())
    assert len(read_text(text, columns="name").rows) == len(text.splitlines()) - 1


def test_columns_can_be_given_explicitly() -> None:
    listed = read_text("Foo,Bar,Quux\n7,ada,a@b.c\n8,bob,b@b.c", columns="-,name,E-Mail")
    assert table(listed) == [("ada", "a@b.c", ""), ("bob", "b@b.c", "")]
    assert table(read_text("Ada,Lovelace,ada", columns="first,last,name", header=False)) == [
        ("ada", "", "Ada Lovelace")
    ]
    with pytest.raises(HubRefused, match="no column colour"):
        read_text("ada", columns="colour")
    with pytest.raises(HubRefused, match="email is named twice"):
        read_text("ada,b", columns="email,email")
    with pytest.raises(HubRefused, match="You named 2 columns, but the list has 1"):
        read_text("ada", columns="name,email")


def test_student_numbers_become_user_names_with_a_remark() -> None:
    listed = read_text("序号,学号,姓名\n1,2023001,王小明\n2,２０２３００２,李华\n")
    assert table(listed) == [("s2023001", "", "王小明"), ("s2023002", "", "李华")]
    assert [row.remark for row in listed.rows] == ["user name made from 2023001", "user name made from ２０２３００２"]
    assert listed.rows[0].given == "2023001"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jürgen.müller", "juergen-mueller"), ("Groß", "Gross"), ("josé_núñez", "jose-nunez"), ("O'Brien", "OBrien"),
        ("Åsa Ødegård", "Asa-Odegard"), ("Łukasz", "Lukasz"), ("2023001", "s2023001"),
        ("ada+hub@uni.example", "ada-hub"),
        ("u\u0308ber", "ueber"), ("ada", "ada"), ("王小明", ""), ("Иван", ""), ("-x", ""), ("settings", ""), ("", ""),
        ("María del Carmen Fernández de la Vega Rodríguez", "Maria-del-Carmen-Fernandez-de-la-Vega-Rodr"),
    ],
)  # fmt: skip
def test_user_name_is_made_from_a_text(text: str, name: str) -> None:
    assert allowed_name(text) == name


@given(st.text(max_size=50))
def test_user_name_made_from_any_text_is_valid(text: str) -> None:
    name = allowed_name(text)
    assert not name or user_name_problem(name) is None


def test_colliding_generated_names_are_numbered() -> None:
    listed = read_text("email\nada@a.example\nada@b.example\nADA@c.example\n")
    assert [row.name for row in listed.rows] == ["ada", "ada-2", "ADA-3"]
    later = read_text("username,email\n,ada@a.example\nada,ada@b.example\n")
    assert [row.name for row in later.rows] == ["ada-2", "ada"], "a name in the list was changed"


def test_address_is_used_if_no_user_name_can_be_made() -> None:
    listed = read_text("用户名,邮箱\n王小明,xm@uni.example\n李华,\n")
    assert [(row.name, bool(row.remark)) for row in listed.rows] == [("xm", True), ("李华", False)]


def test_invalid_user_name_is_not_changed() -> None:
    listed = read_text("username,email\n-bad,good@uni.example\nsettings,sam@uni.example\n")
    assert [(row.name, row.remark) for row in listed.rows] == [("-bad", ""), ("settings", "")]


def test_understood_describes_encoding_and_columns() -> None:
    content = "Benutzername;E-Mail;Name;Semester\njmueller;m@uni.example;Jürgen Müller;3\n".encode("cp1252")
    assert understood(read(content)) == [
        "Encoding Windows-1252, columns separated by semicolons; the header is line 1.",
        "Column 1 “Benutzername”: user name (jmueller)",
        "Column 2 “E-Mail”: e-mail address (m@uni.example)",
        "Column 3 “Name”: full name (Jürgen Müller)",
        "Column 4 “Semester”: not used (3)",
        "The file is not UTF-8; it was read as Windows-1252. "
        "Check the names; if they look wrong, choose another encoding.",
    ]
    assert "用户名" in understood(read(content), "zh")[1]


def test_people_with_the_same_long_name_get_user_names_of_allowed_length() -> None:
    """The thousandth name had 43 characters."""
    addresses = [f"{'long-name-' * 5}@{number}.example\n" for number in range(1001)]
    names = [row.name for row in read_text("email\n" + "".join(addresses)).rows]
    assert len(set(names)) == 1001
    assert max(map(len, names)) == 42


NAMES = st.from_regex("[a-z]{2,9}", fullmatch=True).filter(lambda name: name not in RESERVED)


@given(
    st.lists(
        st.tuples(
            NAMES,
            st.just("x@example.org"),
            st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-8"]),
)
def test_csv_written_by_python_is_read_unchanged(people: list[tuple[str, str, str]], mark: str, encoding: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=mark).writerows([("username", "email", "full name"), *people])
    listed = read(written.getvalue().encode(encoding))
    assert table(listed) == people
    assert read(listed.file.text.encode()).rows == listed.rows


@pytest.mark.parametrize("text", ["", "\n \n", "username,email,full name\n"])
def test_empty_list_gives_a_clear_error(text: str) -> None:
    with pytest.raises(HubRefused, match="no row"):
        read_text(text)


def test_too_long_list_gives_a_clear_error() -> None:
    assert len(read_text("\n".join(f"u{n}" for n in range(MOST))).rows) == MOST
    with pytest.raises(HubRefused, match=str(MOST)):
        read_text("\n".join(f"u{n}" for n in range(MOST + 1)))
