"""The whole tutorial as a learner follows it: the Hub's pages, git, and the final program."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autograde.classroom.progress import learners
from autograde.errors import HubRefused
from autograde.hub import LocalHub, Visitor
from autograde.models import FINETUNED_SHA256, finetuned_folder

PASSWORD = "a long enough passphrase"

#: The program on the tutorial's last page; its process finds the Hub through HF_ENDPOINT only.
PROGRAM = """
import json
import torch
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("ada/mymodel04")
model = AutoModel.from_pretrained("ada/mymodel04")

index = tokenizer.encode("Talk is cheap", "Please show me your code!")
mark = 102
k = index.index(mark)
segments_ids = [0] * (k + 1) + [1] * (len(index) - k - 1)

with torch.no_grad():
    result = model(torch.tensor([index]), token_type_ids=torch.tensor([segments_ids]))

print(json.dumps({
    "index": index,
    "segments_ids": segments_ids,
    "tokenizer's own": tokenizer("Talk is cheap", "Please show me your code!")["token_type_ids"],
    "first": str(result[0].shape),
    "second": str(result[1].shape),
    "finite": bool(torch.isfinite(result[0]).all()),
}))
"""


@dataclass
class Learner:
    """A learner at a terminal.

    Attributes:
        environment: the environment of the programs that they start.
        folder: their current directory.
        token: their answer when git asks for a password.
    """

    environment: dict[str, str]
    folder: Path
    token: str = field(repr=False)

    def run(self, line: str, *, inside: str = ".") -> subprocess.CompletedProcess[str]:
        """Run a typed command line in a shell."""
        return subprocess.run(
            ["sh", "-c", line],
            env=self.environment,
            cwd=self.folder / inside,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture(scope="module")
def learner(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Learner:
    """Ada after sections 2.1 to 2.3, done on the Hub's pages: account, login, token and an empty repository."""
    Visitor(hub.endpoint).join("ada", "ada@example.org", PASSWORD)
    visitor = Visitor(hub.endpoint)
    visitor.log_in("ada", PASSWORD)
    token = visitor.create_token("my laptop", role="write")
    visitor.create_repository("mymodel04")

    folder = tmp_path_factory.mktemp("ada")
    # git asks this program for the name and the password, instead of Ada.
    answers = folder / "answers"
    answers.write_text(
        f'#!/bin/sh\ncase "$1" in\nUsername*) echo ada ;;\nPassword*) echo {shlex.quote(token)} ;;\nesac\n'
    )
    answers.chmod(0o700)
    environment = hub.environment(folder / "home", name="Ada", email="ada@example.org")
    return Learner(environment | {"GIT_ASKPASS": str(answers), "USER": "ada"}, folder, token)


@pytest.fixture(scope="module")
def pushed(hub: LocalHub, learner: Learner) -> str:
    """The output of the commands of section 2.4."""
    output = []
    for line, inside in (
        (f"git clone {hub.endpoint}/ada/mymodel04", "."),
        (f"cp -r {shlex.quote(str(finetuned_folder()))}/. .", "mymodel04"),
        ('git add . && git commit -m "commit from $USER" && git push', "mymodel04"),
    ):
        done = learner.run(line, inside=inside)
        output.append(done.stdout + done.stderr)
        assert done.returncode == 0, output
    return "\n".join(output)


def test_account_exists_and_needs_the_password(hub: LocalHub, learner: Learner) -> None:
    with pytest.raises(HubRefused):
        Visitor(hub.endpoint).log_in("ada", "another passphrase")
    with pytest.raises(HubRefused):
        Visitor(hub.endpoint).join("ada", "another@example.org", PASSWORD)


def test_push_adds_one_commit_with_the_tutorials_message(hub: LocalHub, pushed: str) -> None:
    newest, *before = hub.repository("ada/mymodel04").commits()
    assert newest.message.strip() == "commit from ada"
    assert (newest.author, newest.email) == ("Ada", "ada@example.org")
    assert len(before) == 1


def test_hub_has_every_file_with_the_weights_in_lfs(hub: LocalHub, pushed: str) -> None:
    repository = hub.repository("ada/mymodel04")
    files = repository.files()
    model = finetuned_folder()
    for name in FINETUNED_SHA256:
        assert files[name] == (model / name).read_bytes(), name
    assert repository.lfs_paths() == ["model.safetensors"]
    assert set(files) - set(FINETUNED_SHA256) == {".gitattributes"}


def test_repositorys_page_shows_the_pushed_files(hub: LocalHub, pushed: str) -> None:
    page = Visitor(hub.endpoint).get("/ada/mymodel04/tree/main")
    assert all(name in page for name in FINETUNED_SHA256)


def test_new_clone_has_the_original_files(hub: LocalHub, learner: Learner, pushed: str) -> None:
    done = learner.run(f"git clone {hub.endpoint}/ada/mymodel04 fresh")
    assert done.returncode == 0, done.stderr
    model = finetuned_folder()
    for name in FINETUNED_SHA256:
        assert (learner.folder / "fresh" / name).read_bytes() == (model / name).read_bytes(), name
    names = {path.name for path in (learner.folder / "fresh").iterdir()}
    assert names == {*FINETUNED_SHA256, ".git", ".gitattributes"}


def test_tutorials_program_gives_the_expected_result(hub: LocalHub, learner: Learner, pushed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=learner.environment,
        cwd=learner.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    result = json.loads(done.stdout)
    assert result["index"] == [101, 2831, 2003, 10036, 102, 3531, 2265, 2033, 2115, 3642, 999, 102]
    assert result["segments_ids"] == result["tokenizer's own"] == [0] * 5 + [1] * 7
    assert (result["first"], result["second"]) == ("torch.Size([1, 12, 768])", "torch.Size([1, 768])")
    assert result["finite"]
    # The teacher sees the steps, although the model was downloaded without a login.
    (seen,) = learners(hub.hub)
    assert [step for step, at in seen.steps.items() if at is None] == []
    assert seen.unnamed == {"download", "load"}


def test_push_with_a_wrong_token_is_refused_and_changes_nothing(hub: LocalHub, learner: Learner, pushed: str) -> None:
    before = hub.repository("ada/mymodel04").commits()[0].oid
    wrong = learner.folder / "wrong"
    wrong.write_text("#!/bin/sh\necho ada\n")
    wrong.chmod(0o700)
    intruder = Learner(learner.environment | {"GIT_ASKPASS": str(wrong)}, learner.folder, "")
    # Without the credential store, in which git has saved the right token.
    done = intruder.run("git commit --allow-empty -m no && git -c credential.helper= push", inside="mymodel04")
    assert done.returncode != 0
    assert hub.repository("ada/mymodel04").commits()[0].oid == before


def test_clone_does_not_contain_the_token(learner: Learner, pushed: str) -> None:
    assert learner.token not in pushed
    for path in (learner.folder / "mymodel04").rglob("*"):
        if path.is_file() and path.stat().st_size < 2**20:
            assert learner.token.encode() not in path.read_bytes(), path
