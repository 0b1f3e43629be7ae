"""Class lists as programs write them: every encoding, separator and order; every problem named; all or nothing."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.people.rosters import MOST, Row, admit, decode, examine, fingerprint, read

PEOPLE = [("ada", "ada@example.org", "Ada Lovelace"), ("xiaoming", "xm@example.org", "王小明")]


def table(rows: list[Row]) -> list[tuple[str, str, str]]:
    return [(row.name, row.email, row.fullname) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["", "username,email,full name", "用户名,邮箱,姓名", "User Name,E-Mail,Name"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_from_any_program(encoding: str, mark: str, header: str, end: str) -> None:
    lines = [header.replace(",", mark)] if header else []
    content = end.join(lines + [mark.join(person) for person in PEOPLE] + ["", ""]).encode(encoding)
    rows = read(decode(content))
    assert table(rows) == PEOPLE
    assert [row.line for row in rows] == [number + bool(header) for number in (1, 2)]


def test_a_header_says_the_order_and_what_else_there_is_is_left_out() -> None:
    text = "姓名,学号,班级,邮箱\n王小明,xiaoming,3,xm@example.org\n"
    assert table(read(text)) == [("xiaoming", "xm@example.org", "王小明")]
    assert table(read("name,email\nada,a@b.c")) == [("ada", "a@b.c", "")]
    assert table(read("ada")) == [("ada", "", "")]
    assert table(read("ada，a@b.c，艾达")) == [("ada", "a@b.c", "艾达")]


@given(
    st.lists(
        st.tuples(
            st.from_regex("[a-z]{2,9}", fullmatch=True),
            st.just("x@example.org"),
            st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_python_writes_as_csv_is_read_again(people: list[tuple[str, str, str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([("username", "email", "full name"), *people])
    assert table(read(decode(written.getvalue().encode("utf-8-sig")))) == people


@pytest.mark.parametrize("content", [b"\xff\xff\xff\x00\x80", b"\x89PNG\r\n\x1a\n\xff\xfe\x81"])
def test_what_is_no_text_is_said(content: bytes) -> None:
    with pytest.raises(HubRefused, match="no text"):
        decode(content)


@pytest.mark.parametrize("text", ["", "\n \n", "username,email,full name\n"])
def test_an_empty_list_is_said(text: str) -> None:
    with pytest.raises(HubRefused, match="no row"):
        read(text)


def test_a_list_that_is_too_long_is_said() -> None:
    assert len(read("\n".join(f"u{n}" for n in range(MOST)))) == MOST
    with pytest.raises(HubRefused, match=str(MOST)):
        read("\n".join(f"u{n}" for n in range(MOST + 1)))


def test_each_rows_problem_is_named_and_good_rows_stay_good(store: Hub) -> None:
    accounts.create_user(store, "taken", email="taken@example.org")
    text = """ada,ada@example.org,Ada
Ada,other@example.org,Again
bob,ADA@example.org,Bob
Taken,newer@example.org,T
newer,taken@example.org,N
-x,x@example.org,X
settings,s@example.org,S
cleo,not an address,C
,d@example.org,D
eve,,Eve
"""
    rows = examine(store, read(text))
    problems = {row.line: row.problem for row in rows}
    assert [line for line, problem in problems.items() if not problem] == [1, 10]
    for line, words in {
        2: "in the list twice", 3: "in the list twice", 4: "of this name already", 5: "this e-mail address already",
        6: "hyphen", 7: "page of the Hub", 8: "not an e-mail address", 9: "missing",
    }.items():  # fmt: skip
        assert words in problems[line]
    assert [row.line for row in examine(store, read(text), "zh") if row.problem] == [2, 3, 4, 5, 6, 7, 8, 9]
    made = admit(store, rows)
    assert [user.name for user, __ in made] == ["ada", "eve"]
    for user, password in made:
        found = accounts.check_password(store, user.name, password)
        assert found
        assert found.id == user.id
        assert password not in str([tuple(row) for row in store.database.all("SELECT * FROM users")])
    assert len({password for __, password in made}) == 2


def test_a_name_that_is_taken_meanwhile_makes_nobody(store: Hub) -> None:
    rows = examine(store, read("ada\nbob\ncleo"))
    accounts.create_user(store, "cleo")
    with pytest.raises(HubRefused, match="cleo"):
        admit(store, rows)
    assert accounts.find_user(store, "ada") is None
    assert fingerprint(rows) != fingerprint(examine(store, read("ada\nbob\ncleo")))
    assert fingerprint(rows) == fingerprint(rows[:])


def test_first_passwords_are_long_and_easy_to_read() -> None:
    made = {accounts.first_password() for __ in range(50)}
    assert len(made) == 50
    assert not set("".join(made)) & set("0o1li ")
