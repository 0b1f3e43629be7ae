"""Files that the real client uploads and downloads with Xet stay the same."""

from __future__ import annotations

from pathlib import Path

from autograde.hub import Account, LocalHub
from tests.hub.clients import PythonClient

from .xet import UPLOAD


def test_file_uploaded_with_xet_downloads_unchanged(
    hub: LocalHub, ada: Account, python_client: PythonClient, weights: Path, tmp_path: Path
) -> None:
    name = f"{ada.name}/xet"
    python_client.run(UPLOAD, token=ada.token, name=name, path=str(weights))
    assert hub.repository(name).files()["w.bin"] == weights.read_bytes()
    down = python_client.run(
        "result = huggingface_hub.hf_hub_download(name, 'w.bin', local_dir=target)",
        name=name,
        target=str(tmp_path / "d"),
    )
    assert Path(down).read_bytes() == weights.read_bytes()


def test_file_of_repeated_chunks_downloads_unchanged(
    hub: LocalHub, ada: Account, python_client: PythonClient, tmp_path: Path
) -> None:
    """Equal chunks with a shorter one at the end: hf_xet panicked on ranges with the same start."""
    path = tmp_path / "ones.bin"
    path.write_bytes(b"\x00\x00\x80\x3f" * 200_000)
    name = f"{ada.name}/ones"
    python_client.run(UPLOAD, token=ada.token, name=name, path=str(path))
    down = python_client.run(
        "result = huggingface_hub.hf_hub_download(name, 'w.bin', local_dir=target)",
        name=name,
        target=str(tmp_path / "d"),
    )
    assert Path(down).read_bytes() == path.read_bytes()
