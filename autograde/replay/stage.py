"""The referee's half of a replay: a fresh Hub with what a case needs, and what is on it after the act."""

from __future__ import annotations

from collections.abc import Callable

from autograde.hub import LocalHub
from autograde.hub.people.switches import open_device_login
from autograde.judge.acts import Setting
from autograde.judge.observation import Mapping
from autograde.judge.question import Case
from autograde.replay.folders import expected_files
from autograde.replay.scene import Scene
from autograde.replay.sight import look

#: The role of a token, and the name under which an act is told it.
TOKEN_VARIABLES = {"read": "READ_TOKEN", "write": "WRITE_TOKEN"}


class Stage:
    """One throw-away Hub at a time: set for a case, looked at, and taken away.

    Args:
        open_hub: starts a Hub. A grader whose learners sit behind a socket of their own gives another one.
    """

    def __init__(self, open_hub: Callable[[], LocalHub] = lambda: LocalHub().start()) -> None:
        self._open_hub = open_hub
        self._hub: LocalHub | None = None
        self._setting = Setting()
        self._expected: dict[str, bytes] = {}
        self._first: dict[str, str] = {}
        self._meanwhile: Mapping | None = None

    def prepare(self, case: Case) -> Scene:
        """Make the setting of ``case`` on a fresh Hub; returns what the learner's side may know of it."""
        self.close()
        setting = case.setting or Setting()
        self._setting, self._first, self._meanwhile = setting, {}, None
        variables: dict[str, str] = {}
        token = ""
        if setting.account:
            hub = self._hub = self._open_hub()
            open_device_login(hub.hub, False)
            names = {setting.account: setting.fullname} | dict.fromkeys(setting.taken, "")
            for name, fullname in names.items():
                hub.create_user(name, email=setting.address_of(name), fullname=fullname)
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
        return Scene(
            endpoint=self._hub.endpoint if self._hub else "",
            account=setting.account,
            token=token,
            variables=variables,
            folder=setting.folder,
            files=setting.files,
            model=setting.model,
            clone=setting.clone,
            times=setting.times,
        )

    def between(self) -> None:
        """The first call is over, another one follows: look at what is there, and let somebody upload the files that
        the setting plans for this moment."""
        target = f"{self._setting.account}/{self._setting.name}"
        if self._hub is None:
            return
        seen = look(self._hub, self._setting, self._expected, self._first)
        if seen.get("target") is not None and self._setting.meanwhile:
            self._hub.add_files(target, {file.path: file.content() for file in self._setting.meanwhile})
        self._meanwhile = seen

    def _kept(self) -> bool | None:
        """Whether what came :meth:`between` two calls is still there; None when nothing came."""
        assert self._hub is not None
        if self._meanwhile is None or self._meanwhile.get("target") is None or not self._setting.meanwhile:
            return None
        target = self._hub.repository(f"{self._setting.account}/{self._setting.name}")
        there = target.files() if target.exists and target.head() else {}
        return all(there.get(file.path) == file.content() for file in self._setting.meanwhile)

    def seen(self) -> Mapping:
        """What is on the Hub now; see :func:`autograde.replay.sight.look`. Without a Hub, nothing.

        For a function that is called twice there are besides ``meanwhile``, the repositories after the first call, and
        ``kept``, whether what was uploaded then is still there; None when nothing was.
        """
        if self._hub is None:
            return Mapping(())
        seen = look(self._hub, self._setting, self._expected, self._first)
        if self._meanwhile is None:
            return seen
        return Mapping((*seen.items, ("meanwhile", self._meanwhile.get("repositories")), ("kept", self._kept())))

    def close(self) -> None:
        """Stop the Hub and remove its data; harmless when there is none."""
        if self._hub is not None:
            self._hub.stop()
            self._hub = None
