"""What the learner's side may know before an act: where the Hub is, who it is there, and what lies in its folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from autograde.judge.acts import PlannedFile, PlannedModel


@dataclass(frozen=True)
class Scene:
    """The learner's side's part of a case's setting, with what was made for it.

    Attributes:
        endpoint: the Hub's URL; ``""`` when the act needs none.
        account: the learner's name there.
        token: what the learner's side is logged in with; ``""`` when nobody is logged in.
        variables: what the act is told by name: ``OWNER``, ``NAME``, ``READ_TOKEN`` and so on.
        folder: the name of the model folder, told as ``MODEL_FOLDER``; ``""`` for none.
        files: what is in the model folder, or in the working folder when there is no model folder.
        model: what is in the model folder besides.
        clone: whether the repository ``OWNER/NAME`` is to be cloned into the working folder before, without LFS.
        times: how often a function is called.
        uploaded_becomes: what a file of this computer holds after it was uploaded; ``""`` when it stays as it is.
        fullname: the person's full name, which git says; ``""`` when it is the account's name.
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
    uploaded_becomes: str = ""
    fullname: str = ""

    def tokens(self) -> tuple[str, ...]:
        """The access tokens that the learner's side knows: what it is logged in with, and what it is told by name."""
        told = (value for name, value in self.variables.items() if name.endswith("_TOKEN"))
        return tuple(filter(None, (self.token, *told)))

    def to_json(self) -> dict[str, Any]:
        """The scene as a JSON value."""
        return asdict(self) | {"files": [asdict(file) for file in self.files]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Scene:
        """The scene that :meth:`to_json` wrote: it comes from the referee, who is trusted."""
        model = value["model"]
        return cls(
            **{
                **value,
                "files": tuple(PlannedFile(**file) for file in value["files"]),
                "model": None if model is None else PlannedModel(**model),
            }
        )
