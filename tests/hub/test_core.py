"""A Hub's data folder: it can be opened again, and an unusable folder is reported."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograde.errors import FolderUnusable
from autograde.hub import core
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.events import Sender, record
from autograde.hub.instance import LAYOUT
from autograde.hub.people import accounts


def opened(folder: Path) -> Hub:
    return Hub(HubConfig(data=folder, durable=False, password_cost=2**4))


def test_reopened_folder_keeps_instance_id_secret_and_users(tmp_path: Path) -> None:
    first = opened(tmp_path / "data")
    accounts.create_user(first, "ada")
    instance, signed = first.instance_id, first.signer.sign("x", {"exp": 10})
    first.close()
    second = opened(tmp_path / "data")
    assert second.instance_id == instance
    assert second.signer.read("x", signed, 0) == {"exp": 10}
    assert accounts.find_user(second, "ADA")
    second.close()


def test_two_folders_have_different_ids_and_secrets(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "a"), opened(tmp_path / "b")
    assert first.instance_id != second.instance_id
    assert second.signer.read("x", first.signer.sign("x", {"exp": 10}), 0) is None
    first.close()
    second.close()


def test_secret_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    opened(tmp_path / "data").close()
    assert (tmp_path / "data" / "instance.json").stat().st_mode & 0o077 == 0


def test_folder_of_a_newer_version_is_rejected(tmp_path: Path) -> None:
    opened(tmp_path / "data").close()
    path = tmp_path / "data" / "instance.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layout": LAYOUT + 1}))
    with pytest.raises(FolderUnusable, match="newer version"):
        opened(tmp_path / "data")


def test_file_instead_of_the_data_folder_gives_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    with pytest.raises(FolderUnusable, match="cannot write to"):
        opened(tmp_path / "data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_gives_a_clear_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FolderUnusable, match="cannot write to"):
        opened(tmp_path / "data")


def test_partial_files_left_by_a_crash_are_removed(tmp_path: Path) -> None:
    opened(tmp_path / "data").close()
    (tmp_path / "data" / "tmp" / "half-a-blob").write_bytes(b"x")
    opened(tmp_path / "data").close()
    assert list((tmp_path / "data" / "tmp").iterdir()) == []


def test_event_records_kind_user_and_request_id(store: Hub) -> None:
    record(
        store, "commit.created", Sender(request_id="r-1", user_name="ada"), repository_name="ada/m", detail={"files": 2}
    )
    row = store.database.one("SELECT * FROM events")
    assert row
    assert (row["kind"], row["request_id"], row["user_name"]) == ("commit.created", "r-1", "ada")
    assert json.loads(row["detail"]) == {"files": 2}
    assert abs(row["at"] - store.now()) < 60_000


def test_invalid_database_gives_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_bytes(b"this was a database once " * 100)
    with pytest.raises(FolderUnusable, match=r"database .* cannot be read") as refused:
        Hub(HubConfig(data=tmp_path))
    assert "backup" in refused.value.fix


def test_reboot_discards_xorbs_and_changes_the_generation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Xorbs are not flushed to the disk, and clients remember which ones a Hub has by its generation."""

    def state() -> tuple[str, int, list[Path]]:
        hub = opened(tmp_path)
        rows = hub.database.one("SELECT count(*) AS n FROM xorbs")
        assert rows is not None
        found = hub.generation, rows["n"], [path for path in hub.xorbs.root.rglob("*") if path.is_file()]
        hub.close()
        return found

    monkeypatch.setattr(core, "_boot", lambda: "monday")
    hub = opened(tmp_path)
    ada = accounts.create_user(hub, "ada")
    with hub.xorbs.writer(hashed=False) as writer:
        writer.write(b"chunks")
        writer.commit_as("0" * 64)
    hub.database.execute("INSERT INTO xorbs VALUES (?, ?, ?, ?, 0, '', 0)", (ada.id, ada.id, "f" * 64, "0" * 64))
    before, instance = hub.generation, hub.instance_id
    hub.close()
    assert state() == (before, 1, [hub.xorbs.path("0" * 64)])

    monkeypatch.setattr(core, "_boot", lambda: "tuesday")
    after, rows, files = state()
    assert after != before
    assert (rows, files) == (0, [])
    assert state()[0] == after
    again = opened(tmp_path)
    assert again.instance_id == instance
    again.close()
