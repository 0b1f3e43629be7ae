"""The data for the learner's side before an answer runs: the Hub, the account, and the files in its folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from autograde.judge.initial_state import PlannedFile, PlannedModel


@dataclass(frozen=True)
class Scenario:
    """The part of a case's initial state that the learner's side may know, with its account and tokens.

    Attributes:
        endpoint: the Hub's URL; ``""`` if no Hub is needed.
        account: the learner's account name.
        token: the access token of the login; ``""`` if there is none.
        variables: the variables for the answer: ``OWNER``, ``NAME``, ``READ_TOKEN`` and so on.
        folder: the name of the model folder, ``MODEL_FOLDER``; ``""`` for none.
        files: the files in the model folder, or in the working folder if there is no model folder.
        model: the model in the model folder.
        clone: whether the repository ``OWNER/NAME`` is cloned into the working folder first, without LFS.
        times: how many times a function is called.
        earlier: arguments of an earlier call in the same process; ``()`` for none.
        uploaded_becomes: the new content of a local file after its upload; ``""`` leaves it unchanged.
        fullname: the person's full name for git; ``""`` means the account's name.
    """

    endpoint: str
    account: str
    token: str
    variables: dict[str, str]
    folder: str
    files: tuple[PlannedFile, ...]
    model: PlannedModel | None
    clone: bool
    times: int
    earlier: tuple[str, ...] = ()
    uploaded_becomes: str = ""
    fullname: str = ""

    def tokens(self) -> tuple[str, ...]:
        """Return the access tokens on the learner's side: the one of the login, and those in variables."""
        variable_tokens = (value for name, value in self.variables.items() if name.endswith("_TOKEN"))
        return tuple(filter(None, (self.token, *variable_tokens)))

    def to_json(self) -> dict[str, Any]:
        """Return the scenario as a JSON value."""
        return asdict(self) | {"files": [asdict(file) for file in self.files]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Scenario:
        """Return the scenario that :meth:`to_json` wrote. It is trusted, because it comes from the referee."""
        model = value["model"]
        return cls(
            **{
                **value,
                "files": tuple(PlannedFile(**file) for file in value["files"]),
                "model": None if model is None else PlannedModel(**model),
                "earlier": tuple(value["earlier"]),
            }
        )
