"""Prepare a new Hub for a case, and observe it after the answer ran."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from autograde.hub import LocalHub
from autograde.hub.people.switches import open_device_login
from autograde.hub.repos.cards import parse_card
from autograde.judge.cases import Case
from autograde.judge.hub_state import OthersChanges
from autograde.judge.initial_state import InitialState
from autograde.judge.observation import Mapping
from autograde.runner.hubs.hub_state import observe_hub
from autograde.runner.planned_files import expected_files
from autograde.runner.scenario import Scenario

CARD = "README.md"

#: The role of each token, and the variable in which the answer gets it.
TOKEN_VARIABLES = {"read": "READ_TOKEN", "write": "WRITE_TOKEN", "other": "OTHER_TOKEN"}


class ThrowAwayHub:
    """One temporary Hub at a time: prepared for a case, observed, and removed.

    Args:
        open_hub: starts a Hub. Graders with a sandbox pass another function.
    """

    def __init__(self, open_hub: Callable[[], LocalHub] = lambda: LocalHub().start()) -> None:
        self._open_hub = open_hub
        self._hub: LocalHub | None = None
        self._initial = InitialState()
        self._expected: dict[str, bytes] = {}
        self._first: dict[str, str] = {}
        self._after_first_call: Mapping | None = None
        self._added: dict[str, bytes] = {}

    def prepare(self, case: Case) -> Scenario:
        """Create the initial state of ``case`` on a new Hub; return the scenario for the learner's side."""
        self.close()
        initial = case.initial
        self._initial, self._first, self._after_first_call, self._added = initial, {}, None, {}
        variables: dict[str, str] = {}
        token = ""
        if initial.account:
            hub = self._hub = self._open_hub()
            open_device_login(hub.hub, False)
            names = {initial.account: initial.fullname} | dict.fromkeys(initial.taken, "")
            for name, fullname in names.items():
                hub.create_user(name, email=initial.address_of(name), fullname=fullname)
            if initial.organization:
                hub.create_organization(initial.organization, members={initial.account: "write"})
            if initial.role:
                token = hub.create_token(initial.account, role=initial.role, name=f"logged in, {initial.role}")
            for role in initial.tokens:
                owner, permission = (initial.taken[0], "read") if role == "other" else (initial.account, role)
                variables[TOKEN_VARIABLES[role]] = hub.create_token(owner, role=permission, name=role)
            for planned in initial.repositories:
                made = hub.create_repository(
                    f"{planned.owner}/{planned.name}",
                    private=planned.private,
                    files={file.path: file.content() for file in planned.files},
                )
                self._first[made.full_name] = made.commits()[-1].oid
        if initial.name:
            variables |= {"OWNER": initial.account, "NAME": initial.name}
        self._expected = expected_files(initial)
        return Scenario(
            endpoint=self._hub.endpoint if self._hub else "",
            account=initial.account,
            token=token,
            variables=variables,
            folder=initial.folder,
            files=initial.files,
            model=initial.model,
            clone=initial.clone,
            times=initial.times,
            earlier=initial.earlier,
            uploaded_becomes=initial.uploaded_becomes,
            fullname=initial.organization or initial.fullname,
        )

    def between(self) -> None:
        """Observe the Hub between two calls of a function, then upload files and edit the card as planned."""
        if self._hub is None:
            return
        target = self._initial.repository
        seen = observe_hub(self._hub, self._initial, self._expected, self._first)
        self._added = {}
        if seen.get("target") is not None:
            self._added = {file.path: file.content() for file in self._initial.meanwhile}
            card = self._files_of(target).get(CARD)
            if card is not None and self._initial.card_addition:
                self._added[CARD] = _edited(card, self._initial.card_addition, self._initial.card_form)
            if self._added:
                self._hub.add_files(target, self._added)
        self._after_first_call = seen

    def _files_of(self, name: str) -> dict[str, bytes]:
        assert self._hub is not None
        found = self._hub.repository(name)
        return found.files() if found.exists and found.head() else {}

    def _others_changes(self) -> OthersChanges | None:
        """Return the state of the changes made :meth:`between` two calls; None if there were none."""
        if self._after_first_call is None or not self._added:
            return None
        files = self._files_of(self._initial.repository)
        if not all(files.get(path) == content for path, content in self._added.items() if path != CARD):
            return OthersChanges.FILE_LOST
        if CARD not in self._added:
            return OthersChanges.KEPT
        # Metadata may be added and line ends changed, but no entry and no line of the text may be lost.
        edited, now = (
            parse_card(card.decode("utf-8-sig", "replace")) for card in (self._added[CARD], files.get(CARD, b""))
        )
        lines = set(_lines(now.text))
        kept = now.metadata.get("language") == edited.metadata.get("language") and lines.issuperset(_lines(edited.text))
        return OthersChanges.KEPT if kept else OthersChanges.CARD_LOST

    def seen(self) -> Mapping:
        """Return the state of the Hub; see :func:`~autograde.runner.hubs.hub_state.observe_hub`. Empty without a Hub.

        For a function that is called twice it also has ``meanwhile``, the repositories after the first call, and
        ``kept``, the state of the changes made then; see :meth:`_others_changes`.
        """
        if self._hub is None:
            return Mapping(())
        seen = observe_hub(self._hub, self._initial, self._expected, self._first)
        if self._after_first_call is None:
            return seen
        first = self._after_first_call.get("repositories")
        return Mapping((*seen.items, ("meanwhile", first), ("kept", self._others_changes())))

    def close(self) -> None:
        """Stop the Hub, if any, and remove its data."""
        if self._hub is not None:
            self._hub.stop()
            self._hub = None


def _edited(card: bytes, addition: str, form: str) -> bytes:
    """Return a card with text appended, in the encoding and with the line ends of ``form``.

    If the card has metadata, a language is added to them.
    """
    mark = card.startswith(codecs.BOM_UTF8) or form == "bom"
    text = f"{card.decode('utf-8-sig', 'replace').rstrip()}\n\n{addition}\n"
    if (metadata := parse_card(text).metadata) and "language" not in metadata:
        text = text.replace("---", "---\nlanguage: en", 1)
    if form == "crlf":
        text = "\r\n".join(text.splitlines()) + "\r\n"
    return (codecs.BOM_UTF8 if mark else b"") + text.encode()


def _lines(text: str) -> list[str]:
    """Return the lines that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]
