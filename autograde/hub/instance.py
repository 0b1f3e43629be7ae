"""A data folder's identity, stored in its ``instance.json``."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from autograde.errors import FolderUnusable
from autograde.files import write_file

#: Version of the data folder's layout; a Hub refuses a newer one.
LAYOUT = 1

FILE = "instance.json"


@dataclass(frozen=True)
class Instance:
    """The identity of a data folder.

    Attributes:
        id: unique and never changed, so that browsers stay logged in.
        secret: signs links and cookies, in hexadecimal.
        layout: version of the folder's layout.
        boot: id of the boot of the machine in which the xorbs were written; empty where they are flushed to disk.
        xorbs: version of the metadata stored with xorbs.
        generation: changes whenever large files may have disappeared, so that clients discard their caches.
    """

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    layout: int = LAYOUT
    boot: str = ""
    xorbs: int = 0
    generation: str = ""

    def __post_init__(self) -> None:
        if not self.generation:
            object.__setattr__(self, "generation", self.id)

    def next_generation(self) -> Instance:
        """Return this identity with a new generation."""
        return replace(self, generation=uuid.uuid4().hex)


def load_instance(data: Path) -> Instance | None:
    """Return the identity of a data folder, or None for a new folder.

    Raises:
        FolderUnusable: the folder was made by a newer kit.
    """
    path = data / FILE
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="ascii"))
    if found["layout"] > LAYOUT:
        raise FolderUnusable(
            f"The Hub's folder {data} was made by a newer version of the kit.",
            "Update the kit, or choose another folder.",
        )
    return Instance(**{each.name: found[each.name] for each in fields(Instance) if each.name in found})


def save_instance(data: Path, instance: Instance) -> None:
    """Write the identity of a data folder. Only the folder's owner can read it, because it contains the secret."""
    write_file(data / FILE, json.dumps(asdict(instance)).encode("ascii"), mode=0o600)
