"""Run the tutorial's six steps with the programs that a person would use, and report each in one line."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from autograde.errors import DemoFailed
from autograde.hub import LocalHub, Visitor
from autograde.i18n.translation import messages
from autograde.models import finetuned_folder
from autograde.setup import tools

_ = messages("cli")

USER = "ada"
REPOSITORY = "mymodel04"


@dataclass
class Tutorial:
    """A simulated learner who goes through the tutorial.

    Attributes:
        hub: the Hub to use.
        folder: an empty folder to work in.
        say: called with a progress message.
    """

    hub: LocalHub
    folder: Path
    say: Callable[[str], object]

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.hub.endpoint)
        self.password = secrets.token_urlsafe(16)
        self.environment = self.hub.environment(self.folder / "home", name=USER, email=f"{USER}@localhost")
        self.environment |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "USER": USER}
        self.url = f"{self.hub.endpoint}/{USER}/{REPOSITORY}"
        self.clone = self.folder / REPOSITORY
        self.downloaded = self.folder / "downloaded" / REPOSITORY
        self.results: list[str] = []

    def create_account(self) -> str:
        """Step 1: the sign-up page."""
        self.visitor.join(USER, f"{USER}@localhost.localdomain", self.password)
        return _("{user} signed up on {page}").format(user=USER, page=f"{self.hub.endpoint}/join")

    def log_in(self) -> str:
        """Step 2: the log-in page, and an access token for git, because the Hub does not accept passwords from git."""
        self.visitor = Visitor(self.hub.endpoint)
        self.visitor.log_in(USER, self.password)
        token = self.visitor.create_token("demo", role="write")
        address = urlsplit(self.hub.endpoint)
        login = f"protocol={address.scheme}\nhost={address.netloc}\nusername={USER}\npassword={token}\n\n"
        self._run("git", "credential", "approve", answer=login)
        return _("{user} logged in and made a write token, which git now has").format(user=USER)

    def create_repository(self) -> str:
        """Step 3: the page "New model"."""
        self.visitor.create_repository(REPOSITORY)
        return _("{url} exists and is empty").format(url=self.url)

    def upload(self) -> str:
        """Step 4: clone, copy, add, commit, push."""
        self.say(_("making the model"))
        model = finetuned_folder()
        self._run("git", "clone", self.url, str(self.clone))
        self._run("cp", "-r", f"{model}/.", ".", inside=self.clone)
        for command in (("add", "."), ("commit", "-m", f"commit from {USER}"), ("push",)):
            self._run("git", *command, inside=self.clone)
        repository = self.hub.repository(f"{USER}/{REPOSITORY}")
        files = repository.files()
        size = sum(map(len, files.values())) / 2**20
        return _("{count} files, {size} MB, pushed with git; in LFS: {names}").format(
            count=len(files), size=f"{size:.0f}", names=", ".join(repository.lfs_paths())
        )

    def download(self) -> str:
        """Step 5: clone into another folder, and compare."""
        self._run("git", "clone", self.url, str(self.downloaded))
        model = finetuned_folder()
        for file in sorted(model.iterdir()):
            if (self.downloaded / file.name).read_bytes() != file.read_bytes():
                raise DemoFailed(_("{name} differs from the file that was pushed.").format(name=file.name))
        return _("a fresh clone, identical byte for byte")

    def load(self) -> str:
        """Step 6: the tutorial's program, in a separate process."""
        repository = f"{USER}/{REPOSITORY}"
        self.say(_("loading the model (torch and transformers take some seconds)"))
        output = self._run(sys.executable, "-m", "autograde.demo.program", repository, str(self.downloaded))
        self.results = output.strip().splitlines()[-2:]
        return _("AutoTokenizer and AutoModel loaded it from the Hub and from the clone, with equal results")

    def _run(self, *command: str, inside: Path | None = None, answer: str = "") -> str:
        """Run a program in the client's environment; return its output.

        Raises:
            DemoFailed: it failed; the error contains the last line of its output.
        """
        if command[0] == "git":
            self.say(" ".join(["git", *command[1:2]]))
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=inside or self.folder,
            input=answer,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip() or done.stdout.strip() or "?").splitlines()[-1]
            raise DemoFailed(
                _("{command} failed: {reason}").format(command=" ".join(command[:2]), reason=reason),
                _("Look at what is missing with: autograde doctor"),
            )
        return done.stdout


def run(console: Console) -> None:
    """Run the six steps and print a line for each, then the last two results of the tutorial.

    Raises:
        MissingTool: git or git-lfs is not on this machine.
        DemoFailed: a step had a wrong result.
    """
    tools.require(tools.FOR_LEARNERS)
    with LocalHub() as hub, tempfile.TemporaryDirectory(prefix="autograde-demo-") as folder:
        with console.status("") as status:
            tutorial = Tutorial(hub, Path(folder), status.update)
            steps = (
                (_("Create an account"), tutorial.create_account),
                (_("Log in"), tutorial.log_in),
                (_("Create a model repository"), tutorial.create_repository),
                (_("Upload the model with git"), tutorial.upload),
                (_("Download it with git clone"), tutorial.download),
                (_("Load the downloaded model"), tutorial.load),
            )
            for number, (title, step) in enumerate(steps, 1):
                with _timed() as seconds:
                    status.update(title)
                    happened = step()
                line = Text.assemble(
                    (f"{number}. {title}", "bold"), (f"  {seconds():.1f} s", "dim"), f"\n   {happened}"
                )
                console.print(line, soft_wrap=True)
        for result in tutorial.results:
            console.print(result, markup=False, soft_wrap=True)


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    """Yield a function that returns the seconds since the start of the block."""
    start = time.perf_counter()
    yield lambda: time.perf_counter() - start
