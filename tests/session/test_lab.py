"""The environment of JupyterLab and its kernels."""

from __future__ import annotations

from pathlib import Path

from autograde.hub import client_environment
from autograde.session.lab import lab_environment


def test_torch_threads_wait_passively_unless_the_user_chose_otherwise(tmp_path: Path) -> None:
    client = client_environment("http://127.0.0.1:9", tmp_path)
    client.pop("OMP_WAIT_POLICY", None)
    assert lab_environment(client, tmp_path, "en")["OMP_WAIT_POLICY"] == "passive"
    chosen = client | {"OMP_WAIT_POLICY": "active"}
    assert lab_environment(chosen, tmp_path, "en")["OMP_WAIT_POLICY"] == "active"
