"""``autograde hub mirror``: copy repositories of another Hub into a Hub's data folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from autograde import settings
from autograde.errors import HubRefused, KitError
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.mirror.copying import Copied, copy
from autograde.hub.mirror.source import Source, Wanted, listed, wanted
from autograde.i18n.translation import messages

_ = messages("cli")

_MIB = 1 << 20


def mirror(
    names: Sequence[str],
    *,
    lists: Sequence[Path],
    source: str,
    data: Path,
    history: bool,
    token_variable: str,
    say: Callable[[str], object],
) -> int:
    """Copy repositories; if some cannot be copied, print their names and copy the others.

    Args:
        names: the repositories, such as ``owner/name``.
        lists: files with one repository on each line.
        source: the other Hub's URL.
        data: the data folder; its Hub must not be running.
        history: whether to copy all branches, tags and commits.
        token_variable: the environment variable that holds the access token; empty for none.
        say: prints a line.

    Returns:
        The number of repositories that could not be copied.

    Raises:
        HubRefused: no repository is named, a name or a list cannot be read, or the variable is not set.
        FolderUnusable: the data folder cannot be written to, or its Hub is running.
    """
    chosen = [wanted(name) for name in names]
    for path in lists:
        try:
            chosen += listed(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise HubRefused(_("{file} is not UTF-8 text.").format(file=path)) from None
    if not chosen:
        raise HubRefused(_("No repository is named."), _("Name them, or a file with their names: --list models.txt"))
    token = settings.environment().get(token_variable, "") if token_variable else ""
    if token_variable and not token:
        raise HubRefused(_("The environment variable {name} is not set.").format(name=token_variable))
    hub = Hub(HubConfig(data=data))
    try:
        return sum(not _copied(hub, Source(source, token), item, history, say) for item in dict.fromkeys(chosen))
    finally:
        hub.close()


def _copied(hub: Hub, source: Source, item: Wanted, history: bool, say: Callable[[str], object]) -> bool:
    """Copy one repository and print the result; return whether it is on the Hub now."""

    def before_download(path: str, size: int) -> None:
        say(_("  {path}, {size} MiB").format(path=path, size=f"{size / _MIB:,.1f}"))

    say(f"{item}")
    try:
        done = copy(hub, source, source.describe(item), history=history, report=before_download)
    except KitError as error:
        say(f"  {error.what}")
        if error.fix:
            say(f"  {error.fix}")
        return False
    for line in _lines(done):
        say(f"  {line}")
    return True


def _lines(done: Copied) -> list[str]:
    lines = []
    if done.new:
        lines.append(_("copied: {files} files, {size} MiB").format(files=done.files, size=f"{done.size / _MIB:,.1f}"))
    else:
        lines.append(_("already there"))
    if done.licence:
        lines.append(_("licence: {licence}").format(licence=done.licence))
    if done.gated:
        lines.append(_("gated, as on the other Hub: readers must request access"))
    if done.skipped:
        lines.append(_("not copied: {what}").format(what="; ".join(done.skipped)))
    return lines
