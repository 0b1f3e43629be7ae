"""Add the models of lesson 1 to a Hub."""

from __future__ import annotations

from autograde.hub import LocalHub
from autograde.hub.people import accounts

#: The organisation that owns the tiny models: ``gallery.OWNER``, which imports numpy, so it isn't imported here.
OWNER = "gallery"


def seed(hub: LocalHub) -> list[str]:
    """Add the models of the gallery to ``hub``; existing ones stay unchanged.

    Args:
        hub: a running Hub.

    Returns:
        The names of the models that were added.

    Raises:
        FolderUnusable: the disk is full.
        MissingTool: the package with the pretrained model is not installed.
    """
    # Imported here, because most Hubs start without these models, and numpy and the HTTP client need memory.
    from autograde.hub.mirror.copying import copy, take_over
    from autograde.hub.mirror.source import LocalContents, wanted
    from autograde.models import gallery

    added = []
    for name in gallery.NAMES:
        owner = name.partition("/")[0]
        account = accounts.find_user(hub.hub, owner)
        if account is not None and account.kind != "org":
            continue  # a user has this name
        model = hub.repository(name)
        # A repository without weights is left over from an interrupted start.
        if model.exists and model.lfs_paths():
            continue
        if model.exists:
            take_over(hub.hub, name)
        given = LocalContents("autograde", gallery.contents(name))
        copy(hub.hub, given, given.describe(wanted(name)), report=lambda path, size: None)
        added.append(name)
    return added


def lacks_models(hub: LocalHub) -> bool:
    """Return whether ``hub`` has no model of the gallery. Works without the packages that :func:`seed` needs."""
    return not any(each.full_name.startswith(f"{OWNER}/") for each in hub.repositories())
