"""The models of lesson 1, put on a learner's Hub when it is started."""

from __future__ import annotations

from autograde.hub import LocalHub
from autograde.hub.people import accounts


def seed(hub: LocalHub) -> list[str]:
    """Put the models of the gallery on ``hub``; those that are there already stay as they are.

    Args:
        hub: a running Hub.

    Returns:
        The names of the models that were added.

    Raises:
        FolderUnusable: the disk is full.
        MissingTool: the package that brings the pretrained model is not installed.
    """
    from autograde.models import gallery  # here, not above: it imports numpy

    added = []
    for name in gallery.NAMES:
        owner = name.partition("/")[0]
        account = accounts.find_user(hub.hub, owner)
        if account is not None and account.kind != "org":
            continue  # a person of this name was first; their namespace is theirs
        model = hub.repository(name)
        # A repository with its initial commit alone was left by a start that was interrupted.
        if model.exists and len(model.commits()) > 1:
            continue
        content = gallery.contents(name)
        if account is None:
            hub.create_organization(owner)
        if not model.exists:
            hub.create_repository(name)
        hub.add_files(name, content)
        added.append(name)
    return added
