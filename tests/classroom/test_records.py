"""A class's accounts and events on the command line; passwords are only written to their file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograde.classroom import records
from autograde.cli.commands import app
from autograde.errors import FolderUnusable, HubRefused
from autograde.hub import LocalHub
from autograde.hub.events import Sender, record
from autograde.hub.people import accounts as people


def run(*arguments: str | Path) -> Result:
    """Run ``autograde hub …`` and raise the error that it ended with, if any."""
    done = CliRunner().invoke(app, ["hub", *map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "class.csv"
    path.write_bytes("用户名;邮箱;姓名\nxiaoming;xm@example.org;王小明\nada;;=1+1\n-x;;\n".encode("gbk"))
    return path


def test_accounts_are_previewed_first_and_passwords_are_in_one_file(tmp_path: Path, listed: Path) -> None:
    data, secret = tmp_path / "hub", tmp_path / "passwords.csv"
    preview = run("accounts", listed, "--data", data)
    assert not data.exists(), "the preview created a Hub"
    assert preview.exit_code == 1, "the row with a problem was ignored"
    assert "line 4: -x: A user name neither starts" in preview.output
    assert "line 2: xiaoming, 王小明: will be created" in preview.output
    assert ": created" not in preview.output
    assert "Encoding GB18030 (GBK), columns separated by semicolons; the header is line 1." in preview.output
    assert "Column 1 “用户名”: user name (xiaoming · ada · -x)" in preview.output
    assert "The file is not UTF-8" in preview.output
    assert "Nothing was changed." in preview.output
    made = run("accounts", listed, "--data", data, "--passwords", secret)
    assert made.exit_code == 1
    assert "line 2: xiaoming, 王小明: created" in made.output
    assert "will be created" not in made.output
    assert secret.stat().st_mode & 0o777 == 0o600
    rows = list(csv.reader(secret.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:2] for row in rows] == [["username", "full name"], ["xiaoming", "王小明"], ["ada", "'=1+1"]]
    assert [row[3] for row in rows] == ["email", "xm@example.org", ""], "for a mail merge"
    with LocalHub(data, durable=False) as hub:
        for name, __, password, ___ in rows[1:]:
            assert people.check_password(hub.hub, name, password)
            assert password not in made.output
        assert [event.detail for event in hub.events(kind="account.made")] == [{"name": "xiaoming"}, {"name": "ada"}]
        with pytest.raises(FolderUnusable, match="is running") as refused:
            run("accounts", listed, "--data", data)
        assert "/classroom" in refused.value.fix


def test_list_without_new_people_creates_no_password_file(tmp_path: Path) -> None:
    """The command printed "Done." and wrote a file without passwords."""
    path, data, secret = tmp_path / "class.csv", tmp_path / "hub", tmp_path / "passwords.csv"
    path.write_text("username,full name\nada,Ada Lovelace\n", encoding="utf-8")
    assert f"New accounts: 1. Their passwords are only in {secret}." in " ".join(
        run("accounts", path, "--data", data, "--passwords", secret).output.split("\n")
    )
    again = run("accounts", path, "--data", data, "--passwords", tmp_path / "second.csv")
    assert "line 2: ada, Ada Lovelace: An account with this name exists already." in again.output
    assert again.output.endswith("This list makes no new account.\n")
    assert not (tmp_path / "second.csv").exists()
    assert run("accounts", path, "--data", data).output.endswith("This list makes no new account.\n")


def test_person_who_is_in_the_list_twice_is_reported_with_the_other_line(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text('Name,Email\nMary Ann Evans,mary@x.org\n"Evans, Mary Ann",mary@x.org\n', encoding="utf-8")
    preview = run("accounts", path, "--data", tmp_path / "hub").output
    assert "line 2: mary, Mary Ann Evans: will be created" in preview
    assert "line 3: mary, Mary Ann Evans: The same person is in line 2." in preview


def test_password_command_sets_a_new_password(tmp_path: Path) -> None:
    """A teacher who forgot their password could not log in again: /classroom resets only learners' passwords."""
    with LocalHub(tmp_path, durable=False) as hub:
        people.create_user(hub.hub, "tina", password=people.first_password(), administrator=True)
    lines: list[str] = []
    records.new_password(tmp_path, "tina", lines.append, terminal=True)
    password = lines[0].removeprefix("The new password of tina: ")
    with LocalHub(tmp_path, durable=False) as hub:
        assert people.check_password(hub.hub, "tina", password)
        (event,) = hub.events(kind="account.password_reset")
        assert password not in str(event)
    with pytest.raises(HubRefused, match="There is no account tim"):
        run("password", "tim", "--data", tmp_path)


def test_password_command_without_a_terminal_writes_a_private_file(tmp_path: Path) -> None:
    """The password was printed into logs, too."""
    with LocalHub(tmp_path, durable=False) as hub:
        people.create_user(hub.hub, "tina", password=people.first_password(), administrator=True)
    file = tmp_path / "new-password-tina.txt"
    for __ in range(2):
        output = run("password", "tina", "--data", tmp_path).output
        assert str(file) in output
        assert file.stat().st_mode & 0o777 == 0o600
        password = file.read_text(encoding="ascii").strip()
        assert password not in output
        with LocalHub(tmp_path, durable=False) as hub:
            assert people.check_password(hub.hub, "tina", password)


def test_password_stays_valid_if_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    old = people.first_password()
    with LocalHub(tmp_path, durable=False) as hub:
        people.create_user(hub.hub, "tina", password=old, administrator=True)
    (tmp_path / "new-password-tina.txt").mkdir()  # as if the disk were full
    with pytest.raises(OSError, match="new-password-tina"):
        records.new_password(tmp_path, "tina", print, terminal=False)
    with LocalHub(tmp_path, durable=False) as hub:
        assert people.check_password(hub.hub, "tina", old)


def test_unknown_header_is_refused_unless_options_describe_it(tmp_path: Path) -> None:
    path, data = tmp_path / "class.csv", tmp_path / "hub"
    path.write_bytes("Foo;Bar;Quux\njm;J\xfcrgen M\xfcller;jm@uni.example\n".encode("cp1252"))
    with pytest.raises(HubRefused, match=r"Foo \| Bar \| Quux\njm \| Jürgen Müller .*--columns") as refused:
        run("accounts", path, "--data", data)
    assert "--no-header" in refused.value.fix
    preview = run("accounts", path, "--data", data, "--columns", "-,fullname,email", "--header")
    assert "line 2: jm, Jürgen Müller: will be created (user name made from jm@uni.example)" in preview.output
    other = run("accounts", path, "--data", data, "--columns", "name,fullname,email", "--encoding", "gb18030")
    assert "GB18030" in other.output
    assert "Jürgen" not in other.output
    person = run("accounts", path, "--data", data, "--no-header")
    assert "line 1:" in person.output


def test_existing_password_file_is_not_overwritten(tmp_path: Path, listed: Path) -> None:
    secret = tmp_path / "passwords.csv"
    secret.write_text("older")
    with pytest.raises(FolderUnusable, match="already"):
        run("accounts", listed, "--data", tmp_path / "hub", "--passwords", secret)
    assert secret.read_text() == "older"
    with LocalHub(tmp_path / "hub", durable=False) as hub:
        assert people.find_user(hub.hub, "ada") is None


def test_missing_folder_for_the_password_file_gives_a_clear_error(tmp_path: Path, listed: Path) -> None:
    with pytest.raises(FolderUnusable, match="There is no folder"):
        run("accounts", listed, "--data", tmp_path / "hub", "--passwords", tmp_path / "missing" / "passwords.csv")


def test_failure_leaves_no_accounts_and_no_password_file(
    tmp_path: Path, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the failed attempt remained, so a second attempt was refused."""
    data, secret = tmp_path / "hub", tmp_path / "passwords.csv"
    with monkeypatch.context() as patched:
        patched.setattr(records, "cell", lambda _text: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run("accounts", listed, "--data", data, "--passwords", secret)
    assert not secret.exists()
    assert "line 2: xiaoming, 王小明: created" in run("accounts", listed, "--data", data, "--passwords", secret).output


def test_events_of_a_running_hub_are_printed(tmp_path: Path) -> None:
    with LocalHub(tmp_path, durable=False) as hub:
        for name in ("ada", "=bob"):
            record(hub.hub, "tag.created", Sender(user_name=name), detail={"tag": "v1", "files": 2, "size": 30})
        found = list(csv.DictReader(run("events", "--data", tmp_path).output.removeprefix("\ufeff").splitlines()))
        assert [(row["user"], row["files"], row["size"]) for row in found] == [("ada", "2", "30"), ("'=bob", "2", "30")]
        lines = run("events", "--data", tmp_path, "--format", "ndjson").output.splitlines()
        assert [json.loads(line)["detail"] for line in lines] == [{"tag": "v1"}] * 2
        assert run("events", "--data", tmp_path, "--until", "2020-01-01", "--format", "ndjson").output == ""
        assert run("events", "--data", tmp_path, "--since", "2020-01-01", "--format", "ndjson").output != ""


@pytest.mark.parametrize("arguments", [("--format", "xlsx"), ("--since", "yesterday")])
def test_invalid_option_is_named_in_the_error(tmp_path: Path, arguments: tuple[str, str]) -> None:
    with LocalHub(tmp_path, durable=False), pytest.raises(HubRefused, match=arguments[1]):
        run("events", "--data", tmp_path, *arguments)


def test_folder_without_a_hub_gives_an_error_and_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match="no Hub"):
        run("events", "--data", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_accounts_are_renamed_and_removed_on_the_command_line(tmp_path: Path) -> None:
    with LocalHub(tmp_path, durable=False) as hub:
        hub.create_user("ada")
        hub.create_repository("ada/m")
    assert "Renamed ada to grace." in run("rename", "ada", "grace", "--data", tmp_path).output
    kept = CliRunner().invoke(app, ["hub", "remove", "grace", "--data", str(tmp_path)], input="n\n")
    assert kept.exit_code == 1
    assert "Will be deleted: grace/m" in kept.output
    removed = run("remove", "grace", "--data", tmp_path, "--yes")
    assert removed.output.splitlines() == ["Will be deleted: grace/m", "Removed grace."]
    with pytest.raises(HubRefused, match="There is no account grace"):
        run("remove", "grace", "--data", tmp_path, "--yes")
    with pytest.raises(FolderUnusable, match="no Hub in the folder"):
        run("rename", "a", "b", "--data", tmp_path / "none")
