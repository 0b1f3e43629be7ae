"""``make conformance``: huggingface_hub's own tests, run against a fresh local Hub, twice.

The client's source distribution (its test modules, not its fixtures) is downloaded with pip into a folder outside the
repository. Every test that is not marked ``production`` runs, once with the client's defaults (Xet) and once with
``HF_HUB_DISABLE_XET=1``. A test counts if it sent a request to the Hub; a skipped test counts as not passed. Modules
that only test buckets are left out; tests of buckets in other modules count.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import unquote

from rich.console import Console
from rich.table import Table
from starlette.types import ASGIApp, Receive, Scope, Send

from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts, organizations
from autograde.hub.server import RunningHub

HERE = Path(__file__).parent
VERSION = "2.4.0"
#: Modules that do not run: for services outside the Hub, only for buckets, or with imports that are not installed.
LEFT_OUT = (
    "test_bucket",
    "test_inference",
    "test_oauth",
    "test_webhooks_server",
    "test_sandbox",
    "test_jobs",
    "test_generate_cli",
)
#: Packages that only the client's tests need; installed next to them, not in the kit's environment.
PLUGINS = ("pytest-mock==3.17.0", "pytest-asyncio==1.5.0")


def fetch(folder: Path) -> Path:
    """Download the client's tests into ``folder`` and prepare them; return the root of the source distribution."""
    root = folder / f"huggingface_hub-{VERSION}"
    if not root.exists():
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            ":all:",
            "--dest",
            str(folder),
        ]
        subprocess.run([*command, f"huggingface_hub=={VERSION}"], check=True)
        (archive,) = folder.glob("huggingface_hub-*.tar.gz")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    tests = root / "tests"
    (tests / "__init__.py").touch()
    (tests / "conftest.py").write_text((HERE / "client_conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (root / "pyproject.toml").unlink(missing_ok=True)
    (root / "pytest.ini").write_text(
        "[pytest]\naddopts = -p no:cacheprovider -q\nasyncio_mode = auto\n", encoding="utf-8"
    )
    if not (folder / "plugins").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "plugins")]
        subprocess.run([*command, *PLUGINS], check=True)
    subprocess.run([sys.executable, str(HERE / "cards.py"), str(tests / "fixtures")], check=True)
    return root


def set_endpoint(root: Path, endpoint: str) -> None:
    """Replace the address of the staging Hub, which test_kernels.py does not read from the constants, by the Hub's."""
    source = root / "tests" / "test_kernels.py"
    original = source.with_suffix(".orig")
    if not original.exists():
        original.write_bytes(source.read_bytes())
    source.write_text(
        original.read_text(encoding="utf-8").replace("https://hub-ci.huggingface.co", endpoint), encoding="utf-8"
    )


class RequestCounter:
    """The Hub's application, with a count of the requests of each test."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.test, self.requests = app, "", Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("raw_path", b"").decode()
        if path.startswith("/conformance/"):
            self.test = unquote(path.removeprefix("/conformance/"))
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        self.requests[self.test] += 1
        await self.app(scope, receive, send)


def seed(hub: Hub, constants: str) -> None:
    """Create the users that the tests expect, with the tokens that the tests send."""
    values = dict(re.findall(r'^(\w+) = "([^"]*)"', constants, re.MULTILINE))
    user = accounts.create_user(hub, values["USER"], email="user@example.org", fullname="Dummy User")
    other = accounts.create_user(hub, values["OTHER_USER"], email="other@example.org")
    admin = accounts.create_user(hub, values["ENTERPRISE_USER"], email="admin@example.org")
    organization = accounts.create_user(hub, "valid_org_hub", kind="org", fullname="Dummy Hub Org")
    enterprise = accounts.create_user(hub, values["ENTERPRISE_ORG"], kind="org", settings={"private_by_default": True})
    organizations.add_member(hub, organization, user)
    organizations.add_member(hub, enterprise, admin)
    for person, token in ((user, "TOKEN"), (other, "OTHER_TOKEN"), (admin, "ENTERPRISE_TOKEN")):
        access_tokens.create_token(hub, person, role="write", secret=values[token])


def run_suite(root: Path, *, xet: bool, select: list[str]) -> list[dict[str, object]]:
    """Run the tests against a fresh Hub; return an outcome for each test that sent a request to it."""
    with tempfile.TemporaryDirectory() as folder:
        # The client's tests create webhooks for this address; they do not check that anything is delivered to it.
        webhooks = ("https://webhook.site",)
        config = HubConfig(
            data=Path(folder, "data"), durable=False, password_cost=16, webhooks=webhooks, portable_names=False
        )
        running = RunningHub(config)
        counted = RequestCounter(running.application)
        running.application = counted
        seed(running.hub, (root / "tests" / "testing_constants.py").read_text(encoding="utf-8"))
        running.start()
        set_endpoint(root, f"http://127.0.0.1:{running.port}")
        report = Path(folder, "report.jsonl")
        report.touch()
        keep = ("PATH", "LANG", "TMPDIR", "VIRTUAL_ENV")
        environment = {name: os.environ[name] for name in keep if name in os.environ} | {
            "HOME": folder,
            "HF_HOME": str(Path(folder, "hf")),
            "HF_ENDPOINT": f"http://127.0.0.1:{running.port}",
            "CONFORMANCE_REPORT": str(report),
            "GIT_CONFIG_NOSYSTEM": "1",
            "RUN_GIT_LFS_TESTS": "1",
            "GIT_AUTHOR_NAME": "ci",
            "GIT_AUTHOR_EMAIL": "ci@example.org",
            "GIT_COMMITTER_NAME": "ci",
            "GIT_COMMITTER_EMAIL": "ci@example.org",
            "NO_PROXY": "127.0.0.1,localhost",
            "PYTHONPATH": str(root.parent / "plugins"),
        }
        if not xet:
            environment["HF_HUB_DISABLE_XET"] = "1"
        ignored = [f"--ignore-glob=tests/{name}*" for name in LEFT_OUT]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--continue-on-collection-errors",
            "-m",
            "not production",
            "--timeout=180",
            *ignored,
            *(select or ["tests"]),
        ]
        log = root / f"run-{'xet' if xet else 'lfs'}.log"
        with log.open("w", encoding="utf-8") as stream:
            subprocess.run(command, cwd=root, env=environment, stdout=stream, stderr=subprocess.STDOUT, check=False)
        running.stop()
        outcomes: dict[str, dict[str, object]] = {}
        for line in report.read_text(encoding="utf-8").splitlines():
            outcome = json.loads(line)
            if outcome["outcome"] != "passed" or outcome["test"] not in outcomes:
                outcomes[outcome["test"]] = outcome
        return [outcome for test, outcome in outcomes.items() if counted.requests[test]]


def main() -> int:
    """Run the tests in both modes and print a table and a summary for each; return 1 if a test does not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "hub-conformance")
    parser.add_argument("--only", choices=("xet", "lfs"))
    parser.add_argument("select", nargs="*", help="tests to run, as pytest names them")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    root = fetch(options.folder)
    console = Console()
    complete = True
    for mode in ("xet", "lfs"):
        if options.only and options.only != mode:
            continue
        with console.status(f"running the client's tests ({mode})"):
            outcomes = run_suite(root, xet=mode == "xet", select=options.select)
        modules: dict[str, Counter[str]] = defaultdict(Counter)
        for outcome in outcomes:
            modules[str(outcome["test"]).split("::")[0].removeprefix("tests/")][str(outcome["outcome"])] += 1
        table = Table(title="defaults (Xet)" if mode == "xet" else "HF_HUB_DISABLE_XET=1")
        for column in ("module", "talk to a Hub", "pass", "fail", "skip"):
            table.add_column(column, justify="left" if column == "module" else "right")
        for module, counts in sorted(modules.items()):
            table.add_row(module, *map(str, (counts.total(), counts["passed"], counts["failed"], counts["skipped"])))
        console.print(table)
        for outcome in outcomes:
            if outcome["outcome"] != "passed":
                console.print(
                    f"  {outcome['outcome']}: {outcome['test']}\n      {outcome['reason']}",
                    highlight=False,
                    markup=False,
                )
        passed = sum(outcome["outcome"] == "passed" for outcome in outcomes)
        complete = complete and passed == len(outcomes)
        console.print(
            f"conformance: {passed} of {len(outcomes)} tests that talk to a Hub pass ({mode})\n", highlight=False
        )
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
