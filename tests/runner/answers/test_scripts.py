"""Running scripts, including ones that misbehave: each ends, leaves no process running, and gets a report."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.judge.initial_state import PlannedFile
from autograde.judge.observation import Mapping, listed
from autograde.runner.answers import scripts
from autograde.runner.answers.run_environment import RunEnvironment, run_environment
from autograde.runner.answers.scripts import run_script
from autograde.runner.scenario import Scenario

SCENARIO = Scenario(
    endpoint="", account="mei", token="", variables={"NAME": "m"}, folder="model",
    files=(PlannedFile("config.json", text="{}"), PlannedFile("a/weights.bin", size=3_000, seed="1")),
    model=None, clone=False, times=1,
)  # fmt: skip


@pytest.fixture
def environment() -> Iterator[RunEnvironment]:
    with run_environment(SCENARIO) as made:
        yield made


def clone(report: Mapping) -> Mapping:
    """Return the only clone in a report."""
    clones = report.get("clones")
    assert isinstance(clones, Mapping)
    ((name, found),) = clones.items
    assert (name, isinstance(found, Mapping)) == ("c", True)
    assert isinstance(found, Mapping)
    return found


def test_script_has_its_variables_an_empty_folder_and_its_own_home(
    environment: RunEnvironment,
) -> None:
    report = run_script(
        'pwd; ls -A; echo "$NAME"; ls "$MODEL_FOLDER"; echo ~; cat ~/gitconfig | head -1', environment, 10
    )
    output = str(report.get("said")).splitlines()
    assert output == ["/tmp/work", "m", "a", "config.json", "~", "# Written by the kit for this folder only; "
                    "your own git configuration is neither read nor changed."]  # fmt: skip
    assert (report.get("ended"), report.get("exit")) == ("finished", 0)
    assert str(Path.home()) not in environment.all_variables["HOME"]


def test_script_runs_as_the_same_user(environment: RunEnvironment) -> None:
    """When it ran as root in a user namespace, git saw every file of a clone as changed."""
    assert str(run_script("id -u", environment, 10).get("said")).strip() == str(os.getuid())


def test_model_folder_has_the_planned_files(environment: RunEnvironment) -> None:
    folder = Path(environment.variables["MODEL_FOLDER"])
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {
        file.path: file.content() for file in SCENARIO.files
    }


def test_endless_script_is_stopped_with_its_child_processes(environment: RunEnvironment) -> None:
    start = time.monotonic()
    report = run_script(
        "sleep 1000 & (setsid sleep 1000 &) ; trap '' TERM; while true; do sleep 1000; done", environment, 0.5
    )
    assert report.get("ended") == "time"
    # A process that is still running would keep the script's output open for five seconds.
    assert time.monotonic() - start < 5


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the programs of a script cannot be listed here")
def test_script_that_repeats_one_program_is_stopped_early(
    environment: RunEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts, "WITHOUT_PROGRESS", 1.0)
    monkeypatch.setattr(scripts, "busy", lambda: 1.0)
    repeated = run_script("while true; do git fetch nowhere || sleep 0.1; done", environment, 60)
    assert repeated.get("ended") == "time"
    assert repeated.get("seconds") in range(1, 20)
    assert run_script("for n in 1 2 3 4; do sleep 0.5$n; done", environment, 60).get("ended") == "finished"


def test_background_processes_end_with_the_script(environment: RunEnvironment) -> None:
    report = run_script("(sleep 0.3; touch late) & echo done", environment, 10)
    assert report.get("ended") == "finished"
    time_of_the_touch = time.monotonic() + 0.5
    while time.monotonic() < time_of_the_touch:
        assert not (environment.work / "late").exists()


@pytest.mark.skipif(not scripts._apart(), reason="without a process namespace a fork bomb could take the machine down")
def test_script_with_too_many_processes_is_stopped(environment: RunEnvironment) -> None:
    """The number is bounded, because a real fork bomb that is not stopped would take down the machine."""
    report = run_script("for n in $(seq 150); do sleep 30 & done; wait", environment, 20)
    assert report.get("ended") == "processes"


@pytest.mark.skipif(not scripts._apart(), reason="without a process namespace nothing ends the script")
def test_script_ends_when_the_process_that_runs_it_is_killed() -> None:
    """A kernel that is killed during a check leaves no process running."""
    program = (
        "from autograde.runner.answers.run_environment import run_environment\n"
        "from autograde.runner.answers.scripts import run_script\n"
        "from autograde.runner.scenario import Scenario\n"
        "scenario = Scenario('', 'mei', '', {}, '', (), None, False, 1)\n"
        "with run_environment(scenario) as environment:\n"
        "    print(environment.home, flush=True)\n"
        "    run_script('echo ready > started; sleep 120', environment, 100)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as runner:
        assert runner.stdout
        home = Path(runner.stdout.readline().strip())
        deadline = time.monotonic() + 30
        while not (home.parent / "work" / "started").exists():
            assert time.monotonic() < deadline
        runner.kill()
    while scripts._living_in(str(home)):
        assert time.monotonic() < deadline
    shutil.rmtree(home.parent)


def test_only_the_last_lines_of_a_large_output_are_kept(environment: RunEnvironment) -> None:
    report = run_script("head -c 50000000 /dev/zero | tr '\\0' x; echo; echo the end", environment, 20)
    assert report.get("said") == "the end"


def test_script_that_writes_too_much_is_stopped(environment: RunEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "MOST_BYTES", 5_000_000)
    report = run_script("for n in 1 2 3 4 5 6 7 8; do head -c 1000000 /dev/zero > file$n; done", environment, 20)
    assert report.get("ended") == "disk"


def test_script_that_removes_its_own_folder_gets_a_report(environment: RunEnvironment) -> None:
    report = run_script("cd ..; rm -rf work; echo gone", environment, 10)
    assert (report.get("exit"), report.get("clones"), report.get("files")) == (0, Mapping(()), Mapping(()))


def test_a_folder_without_permissions_is_removed() -> None:
    with run_environment(SCENARIO) as environment:
        run_script("mkdir -p a/b; touch a/b/c; chmod 500 a/b a .", environment, 10)
    assert not environment.work.parent.exists()


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ("git init -q c; touch c/f", "not-added"),
        ("git init -q c; touch c/f; git -C c add f", "not-committed"),
        ("git init -q c; touch c/f; git -C c add f; git -C c commit -qm x", "not-pushed"),
        ("git init -q d; git -C d commit --allow-empty -qm x; git clone -q d c; rm -rf d", "clean"),
        ("mkdir -p c/.git", "broken"),
    ],
)  # fmt: skip
def test_state_of_a_clone_is_reported(steps: str, state: str, environment: RunEnvironment) -> None:
    assert clone(run_script(steps, environment, 10)).get("state") == state


def test_remote_and_stash_of_a_clone_are_reported(environment: RunEnvironment) -> None:
    report = run_script(
        "git init -q d; git -C d commit --allow-empty -qm x; git clone -q d c; cd c; git rev-parse HEAD; rm -rf ../d;"
        "git remote set-url origin http://user:secret@127.0.0.1:9/mei/m.git; touch f; git stash -uq",
        environment,
        10,
    )
    found = clone(report)
    assert found.get("head") == report.get("said")
    assert [found.get(name) for name in ("remote", "before", "stashed")] == ["mei/m", False, True]


def test_a_bare_repository_has_no_files(environment: RunEnvironment) -> None:
    found = clone(run_script("git init -q --bare c", environment, 10))
    assert [found.get(name) for name in ("state", "head", "remote")] == ["bare", None, ""]


def test_changes_to_the_model_folder_are_reported(environment: RunEnvironment) -> None:
    before = run_script("true", environment, 10).get("model")
    assert isinstance(before, Mapping)
    assert [path for path, _digest in before.items] == ["config.json", "a/weights.bin"]
    after = run_script('rm "$MODEL_FOLDER/config.json"', environment, 10).get("model")
    assert after == Mapping(before.items[1:])


def test_command_that_was_running_at_the_time_limit_is_reported(environment: RunEnvironment) -> None:
    assert run_script("(cd /; tail -f /dev/null)", environment, 0.5).get("running") == "tail -f /dev/null"
    assert run_script("while true; do :; done", environment, 0.5).get("running") == ""


def test_errors_are_reported_even_if_much_output_follows(environment: RunEnvironment) -> None:
    report = run_script(
        "git -C nowhere status; seq 100000; printf '\\e[31merror: \\e[0mthe last\\r\\n'", environment, 10
    )
    assert report.get("errors") == listed(
        "fatal: cannot change to 'nowhere': No such file or directory", "error: the last"
    )
    assert str(report.get("said")).endswith("\nerror: the last")


def test_names_of_temporary_folders_are_shortened(environment: RunEnvironment) -> None:
    output = run_script('cat nothing; pwd; echo "$MODEL_FOLDER" $HOME; cd nowhere', environment, 10, "upload.sh").get(
        "said"
    )
    assert output == (
        "cat: nothing: No such file or directory\n/tmp/work\n/tmp/model ~\n"
        "upload.sh: line 1: cd: nowhere: No such file or directory"
    )


def test_unused_variables_are_reported(environment: RunEnvironment) -> None:
    assert run_script('echo "$NAME"', environment, 10).get("unused") == listed("MODEL_FOLDER")


def test_git_does_not_wait_for_a_message_or_a_password(environment: RunEnvironment) -> None:
    report = run_script("git init -q c; cd c; touch f; git add f; git commit", environment, 10)
    assert report.get("exit") == 1
    assert "empty commit message" in str(report.get("said"))
