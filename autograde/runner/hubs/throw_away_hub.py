"""Prepare a new Hub for a case, and observe it after the answer ran."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from autograde.hub import LocalHub
from autograde.hub.people.switches import open_device_login
from autograde.hub.repos.cards import parse_card
from autograde.judge.cases import Case
from autograde.judge.hub_state import OthersChanges
from autograde.judge.observation import Mapping
from autograde.judge.setting import Setting
from autograde.runner.hubs.hub_state import observe_hub
from autograde.runner.planned_files import expected_files
from autograde.runner.scenario import Scenario

CARD = "README.md"

#: The role of each token, and the variable in which the answer gets it.
TOKEN_VARIABLES = {"read": "READ_TOKEN", "write": "WRITE_TOKEN"}


class ThrowAwayHub:
    """One temporary Hub at a time: prepared for a case, observed, and removed.

    Args:
        open_hub: starts a Hub. Graders with a sandbox pass another function.
    """

    def __init__(self, open_hub: Callable[[], LocalHub] = lambda: LocalHub().start()) -> None:
        self._open_hub = open_hub
        self._hub: LocalHub | None = None
        self._setting = Setting()
        self._expected: dict[str, bytes] = {}
        self._first: dict[str, str] = {}
        self._meanwhile: Mapping | None = None
        self._added: dict[str, bytes] = {}

    def prepare(self, case: Case) -> Scenario:
        """Create the setting of ``case`` on a new Hub; return the part that the learner's side may know."""
        self.close()
        setting = case.setting or Setting()
        self._setting, self._first, self._meanwhile, self._added = setting, {}, None, {}
        variables: dict[str, str] = {}
        token = ""
        if setting.account:
            hub = self._hub = self._open_hub()
            open_device_login(hub.hub, False)
            names = {setting.account: setting.fullname} | dict.fromkeys(setting.taken, "")
            for name, fullname in names.items():
                hub.create_user(name, email=setting.address_of(name), fullname=fullname)
            if setting.organization:
                hub.create_organization(setting.organization, members={setting.account: "write"})
            if setting.role:
                token = hub.create_token(setting.account, role=setting.role, name=f"logged in, {setting.role}")
            for role in setting.tokens:
                variables[TOKEN_VARIABLES[role]] = hub.create_token(setting.account, role=role, name=role)
            for planned in setting.repositories:
                made = hub.create_repository(
                    f"{planned.owner}/{planned.name}",
                    private=planned.private,
                    files={file.path: file.content() for file in planned.files},
                )
                self._first[made.full_name] = made.commits()[-1].oid
        if setting.name:
            variables |= {"OWNER": setting.account, "NAME": setting.name}
        self._expected = expected_files(setting)
        return Scenario(
            endpoint=self._hub.endpoint if self._hub else "",
            account=setting.account,
            token=token,
            variables=variables,
            folder=setting.folder,
            files=setting.files,
            model=setting.model,
            clone=setting.clone,
            times=setting.times,
            uploaded_becomes=setting.uploaded_becomes,
            fullname=setting.organization or setting.fullname,
        )

    def between(self) -> None:
        """Observe the Hub between two calls of a function, then upload files and edit the card as planned."""
        if self._hub is None:
            return
        target = self._setting.repository
        seen = observe_hub(self._hub, self._setting, self._expected, self._first)
        self._added = {}
        if seen.get("target") is not None:
            self._added = {file.path: file.content() for file in self._setting.meanwhile}
            card = self._files_of(target).get(CARD)
            if card is not None and self._setting.card_addition:
                self._added[CARD] = _edited(card, self._setting.card_addition, self._setting.card_form)
            if self._added:
                self._hub.add_files(target, self._added)
        self._meanwhile = seen

    def _files_of(self, name: str) -> dict[str, bytes]:
        assert self._hub is not None
        found = self._hub.repository(name)
        return found.files() if found.exists and found.head() else {}

    def _kept(self) -> OthersChanges | None:
        """Return what became of the changes made :meth:`between` two calls; None if there were none."""
        if self._meanwhile is None or not self._added:
            return None
        there = self._files_of(self._setting.repository)
        if not all(there.get(path) == content for path, content in self._added.items() if path != CARD):
            return OthersChanges.FILE_LOST
        if CARD not in self._added:
            return OthersChanges.KEPT
        # Metadata may be added and line ends changed, but no line of the text may be lost.
        now = set(_lines(there.get(CARD, b"")))
        text = parse_card(self._added[CARD].decode("utf-8")).text
        kept = all(line in now for line in _lines(text.encode()))
        return OthersChanges.KEPT if kept else OthersChanges.CARD_LOST

    def seen(self) -> Mapping:
        """Return the state of the Hub, empty without a Hub; see :func:`~autograde.runner.hubs.hub_state.observe_hub`.

        For a function that is called twice it also has ``meanwhile``, the repositories after the first call, and
        ``kept``, what became of the changes made then; see :meth:`_kept`.
        """
        if self._hub is None:
            return Mapping(())
        seen = observe_hub(self._hub, self._setting, self._expected, self._first)
        if self._meanwhile is None:
            return seen
        return Mapping((*seen.items, ("meanwhile", self._meanwhile.get("repositories")), ("kept", self._kept())))

    def close(self) -> None:
        """Stop the Hub, if any, and remove its data."""
        if self._hub is not None:
            self._hub.stop()
            self._hub = None


def _edited(card: bytes, addition: str, form: str) -> bytes:
    """Return a card with an addition at its end, with the encoding and line ends of some editor."""
    mark = card.startswith(codecs.BOM_UTF8) or form == "bom"
    text = f"{card.decode('utf-8-sig', 'replace').rstrip()}\n\n{addition}\n"
    if form == "crlf":
        text = "\r\n".join(text.splitlines()) + "\r\n"
    return (codecs.BOM_UTF8 if mark else b"") + text.encode()


def _lines(content: bytes) -> list[str]:
    """Return the lines that are not blank."""
    return [line.strip() for line in content.decode("utf-8-sig", "replace").splitlines() if line.strip()]
