"""Copy a repository of another Hub to this one. Files are verified, interrupted copies can be continued, and other
repositories are never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.mirror.source import PIECE, Described, Reader, Source, SourceFile, blob_id
from autograde.hub.names import repository_name_problem
from autograde.hub.pages.visible import visible
from autograde.hub.people import accounts, organizations
from autograde.hub.refusals import Refusal
from autograde.hub.repos import repositories, uploads
from autograde.hub.repos.bindings import bind, bound_size
from autograde.hub.repos.commits import (
    Author,
    Delete,
    Operation,
    WriteFile,
    WritePointer,
    check_files_of_git,
    write_commit,
)
from autograde.hub.repos.contents import open_revision, resolve
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.repositories import MIRRORED, Repository, find_repository
from autograde.hub.repos.trees import tree_problem
from autograde.hub.storage.blobs import BlobRefused
from autograde.hub.storage.refs import list_refs
from autograde.hub.storage.spool import Spool
from autograde.i18n.translation import messages

_ = messages("hub")

#: Where the other Hub's branches and tags are until their large files are here.
_FETCHED = "refs/mirror/"


def take_over(hub: Hub, name: str) -> None:
    """Let :func:`copy` write to a model repository that it did not create, such as one left by an interrupted start."""
    if found := find_repository(hub, "model", name):
        repositories.replace_settings(hub, found, {**found.settings, MIRRORED: "incomplete"})


@dataclass(frozen=True)
class Copied:
    """What happened to one repository.

    Attributes:
        name: its path on both Hubs, for example ``datasets/ada/d``.
        new: whether anything was copied; False if an earlier copy is up to date.
        files: number of files.
        size: their total size in bytes.
        licence: the licence in its card, or empty.
        gated: empty, ``auto`` or ``manual``, as on the other Hub.
        skipped: what was not copied; an item about a file includes the reason.
    """

    name: str
    new: bool
    files: int = 0
    size: int = 0
    licence: str = ""
    gated: str = ""
    skipped: tuple[str, ...] = ()


def copy(
    hub: Hub, source: Reader, at: Described, *, history: bool = False, report: Callable[[str, int], object] = print
) -> Copied:
    """Copy one repository.

    Args:
        hub: the Hub whose data folder is open here.
        source: the other Hub, or contents on this machine.
        at: the repository there.
        history: whether to copy all branches, tags and commits; otherwise one commit with the files of one revision.
        report: called with the name and the size of every large file before its download.

    Raises:
        HubRefused: the other Hub refuses it, a file is damaged, or this Hub has another repository with this name.
        HubUnreachable: the other Hub does not answer.
    """
    repository, made = _place(hub, at)
    mark = f"{source.endpoint}@{at.commit}{' with history' if history else ''}"
    if repository.settings.get(MIRRORED) == mark:
        return Copied(str(at.wanted), new=False, licence=at.licence, gated=at.gated)
    if not made and MIRRORED not in repository.settings:
        raise HubRefused(
            _("This Hub has a repository {name} that is not a copy.").format(name=at.wanted),
            _("Rename or delete it first."),
        )
    if history and isinstance(source, Source):
        skipped = _all_commits(hub, source, at, repository, report)
    else:
        skipped = _one_commit(hub, source, at, repository, report)
    settings = {**repository.settings, MIRRORED: mark}
    repositories.replace_settings(hub, repository, settings)
    repositories.change_settings(hub, repository, private=at.private, gated=at.gated)
    return Copied(
        str(at.wanted), True, len(at.files), sum(f.size for f in at.files), at.licence, at.gated,
        (*skipped, _("discussions, pull requests and likes")),
    )  # fmt: skip


def _place(hub: Hub, at: Described) -> tuple[Repository, bool]:
    """Return the repository with this name, and whether it was created now."""
    if (found := find_repository(hub, at.wanted.type, at.wanted.name)) is not None:
        return found, False
    owner_name, ___, name = at.wanted.name.partition("/")
    if problem := repository_name_problem(name):
        raise HubRefused(problem)
    owner = accounts.find_user(hub, owner_name) or accounts.create_user(hub, owner_name, kind="org")
    if owner.kind != "org" or organizations.members(hub, owner):
        # Otherwise a learner who signed up under that name could change what the class downloads.
        raise HubRefused(
            _("The name {owner} belongs to people of this Hub, who could change the copy.").format(owner=owner.name),
            _("Rename that account first: autograde hub rename {owner} NEW").format(owner=owner.name),
        )
    # Mark it as a copy from the beginning, so that an interrupted copy can be continued.
    settings = {MIRRORED: "incomplete"}
    # The limit is for learners: a Hub that allows each of them five still needs all models of the course.
    made = repositories.create_repository(
        hub, owner, name, type=at.wanted.type, private=at.private, settings=settings, limited=False
    )
    return made, True


def _add_large_file(hub: Hub, repository: Repository, sha256: str, size: int, download: Callable[..., None]) -> None:
    """Bind a large file to a repository. Download it first if this Hub does not have it; continue a partial download.

    Raises:
        HubRefused: the SHA-256 is not the one that the other Hub announced.
    """
    if bound_size(hub, repository.id, sha256) is not None:
        return
    if not hub.blobs.has(sha256):
        partial = hub.data / "mirror" / sha256
        partial.parent.mkdir(mode=0o700, exist_ok=True)
        with partial.open("ab") as file:
            download(file.tell(), file.write)
        with hub.blobs.writer() as writer, partial.open("rb") as file:
            while data := file.read(PIECE):
                writer.write(data)
            try:
                with hub.database.transaction():
                    writer.commit(oid=sha256, size=size)
                    bind(hub, repository.id, sha256, size)
            except BlobRefused as refused:
                raise HubRefused(
                    _("A large file of {name} arrived damaged: {why}.").format(name=repository.full_name, why=refused),
                    _("Run the same command again."),
                ) from None
            finally:
                partial.unlink(missing_ok=True)
        return
    with hub.database.transaction():
        bind(hub, repository.id, sha256, size)


def _regular_file(source: Reader, at: Described, file: SourceFile) -> bytes:
    """Download a file that is stored in git itself.

    Raises:
        HubRefused: the content's git id is not the one that the other Hub announced.
    """
    content = bytearray()
    source.read(at, file, 0, content.extend)
    if blob_id(content) != file.oid:
        raise HubRefused(
            _("{path} of {name} arrived damaged.").format(path=file.path, name=at.wanted),
            _("Run the same command again."),
        )
    return bytes(content)


def _one_commit(
    hub: Hub, source: Reader, at: Described, repository: Repository, report: Callable[[str, int], object]
) -> list[str]:
    """Copy the files of one revision in one commit; return what was not copied."""
    skipped: list[str] = []
    operations: list[Operation] = []
    with Spool(hub.temporary) as spool:
        for file in at.files:
            if problem := path_problem(file.path, portable=hub.config.portable_names):
                skipped.append(visible(f"{file.path}: {problem}"))
            elif file.sha256 is None and file.size > hub.config.limits.regular_file:
                skipped.append(_("{path}: it is too large for git").format(path=visible(file.path)))
            elif file.sha256 is None:
                operations.append(WriteFile(file.path, spool.add(_regular_file(source, at, file))))
            else:
                report(visible(file.path), file.size)
                _add_large_file(
                    hub, repository, file.sha256, file.size,
                    lambda start, write, file=file: source.read(at, file, start, write),
                )  # fmt: skip
                operations.append(WritePointer(file.path, file.sha256, file.size))
        if resolve(hub, repository, "main") is not None:
            kept = {operation.path for operation in operations}
            with open_revision(hub, repository, "main") as before:
                removed = [e.path for e in before.list(recursive=True) if not e.is_folder and e.path not in kept]
            operations += map(Delete, removed)
        message = f"Copy of {source.endpoint}/{at.wanted} at {at.commit}"
        author = Author("mirror", "mirror@users.noreply.localhost")
        try:
            check_files_of_git(hub, repository, operations)
            write_commit(hub, repository, "main", operations, author=author, message=message, create=True)
        except Refusal as refusal:
            message = _("{name} cannot be copied: {why}").format(name=at.wanted, why=refusal.translated(_))
            raise HubRefused(message) from None
    return [*skipped, _("its history (--history takes it)")]


def _check_trees(hub: Hub, at: Described, repository: Repository) -> None:
    """Check the files of each fetched branch and tag, as for a push.

    Raises:
        HubRefused: there are too many files, or names that this Hub does not accept.
    """
    with hub.git.reader(repository.id) as reader:
        for fetched in list_refs(hub.git, repository.id, _FETCHED):
            found = reader.info(f"{fetched.target}^{{commit}}")
            problem = (
                ""
                if found is None
                else tree_problem(hub.tree_sizes, reader, reader.commit(found[0]).tree, hub.config.limits.files)
            )
            if problem:
                raise HubRefused(
                    _("{name} cannot be copied: {why}").format(name=at.wanted, why=visible(problem)),
                    _("Try without --history."),
                )


def _all_commits(
    hub: Hub, source: Source, at: Described, repository: Repository, report: Callable[[str, int], object]
) -> list[str]:
    """Copy all branches, tags and commits with their large files; return what was not copied."""
    _fetch(hub, source, at, repository)
    _check_trees(hub, at, repository)
    skipped = _earlier_large_files(hub, source, at, repository, report)
    _publish_fetched(hub, repository)
    repositories.touch(hub, repository)
    return skipped


def _fetch(hub: Hub, source: Source, at: Described, repository: Repository) -> None:
    """Fetch all branches and tags to :data:`_FETCHED`: a branch must not refer to a large file that is not here yet.

    Raises:
        HubRefused: git failed.
    """
    settings = {"fetch.fsckObjects": "true"}
    if source.token:
        # Otherwise git would send this header to the target of a redirection too.
        settings["http.followRedirects"] = "false"
        settings[f"http.{source.endpoint}/.extraHeader"] = f"Authorization: Bearer {source.token}"
    # Pass it in the environment, because other users of this machine can read a process's arguments.
    count = int(hub.git.environment()["GIT_CONFIG_COUNT"])
    extra = {"GIT_CONFIG_COUNT": str(count + len(settings))}
    for number, (key, value) in enumerate(settings.items(), count):
        extra |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    refs = (f"+refs/heads/*:{_FETCHED}heads/*", f"+refs/tags/*:{_FETCHED}tags/*")
    fetch = ("fetch", "--quiet", "--prune", "--no-tags", f"{source.endpoint}/{at.wanted}", *refs)
    with hub.git.started(repository.id, *fetch, environment=extra) as process:
        code = process.wait()
    if code:
        raise HubRefused(
            _("git could not copy {name} from {endpoint}.").format(name=at.wanted, endpoint=source.endpoint),
            _("Try without --history."),
        )


def _earlier_large_files(
    hub: Hub, source: Source, at: Described, repository: Repository, report: Callable[[str, int], object]
) -> list[str]:
    """Download the large files of all fetched commits; return what the other Hub has lost."""
    pointers = {sha256: (path, size) for __, sha256, path, size in uploads.lfs_pointers(hub, repository)}
    new = {oid: size for oid, (__, size) in pointers.items() if bound_size(hub, repository.id, oid) is None}
    addresses = source.large_files(at.wanted, new) if new else {}
    skipped = []
    for oid, size in new.items():
        if oid not in addresses:
            skipped.append(
                _("{path} of an earlier commit: {endpoint} has lost it").format(
                    path=visible(pointers[oid][0]), endpoint=source.endpoint
                )
            )
            continue
        report(visible(pointers[oid][0]), size)
        _add_large_file(
            hub, repository, oid, size,
            lambda start, write, oid=oid, size=size: source.fetch(addresses[oid], size, start, write),
        )  # fmt: skip
    return skipped


def _publish_fetched(hub: Hub, repository: Repository) -> None:
    """Move the fetched branches and tags to their own names, all or none."""
    changes = [
        f"update refs/{each.ref.removeprefix(_FETCHED)} {each.target}\ndelete {each.ref}\n"
        for each in list_refs(hub.git, repository.id, _FETCHED)
    ]
    hub.git.run(repository.id, "update-ref", "--stdin", stdin="".join(changes).encode("utf-8", "surrogateescape"))
