"""Copy a repository of another Hub onto this one: verified, continued after a break, and never over another's work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.mirror.source import PIECE, Described, Reader, Source, SourceFile, blob_id
from autograde.hub.names import repository_name_problem
from autograde.hub.pages.visible import visible
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import repositories, uploads
from autograde.hub.repos.commits import Author, Delete, Operation, WriteFile, WritePointer, write_commit
from autograde.hub.repos.contents import resolve, snapshot
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.repositories import Repository, bind, bound_size, find_repository
from autograde.hub.repos.trees import tree_problem
from autograde.hub.storage.blobs import BlobRefused
from autograde.hub.storage.stored import Store
from autograde.i18n.translation import messages

_ = messages("hub")

#: The key of a repository's settings that holds the commit of the other Hub.
_MARK = "mirrored"


def take_over(hub: Hub, name: str) -> None:
    """Let :func:`copy` write to a model repository that it did not make, such as one left by an interrupted start."""
    if found := find_repository(hub, "model", name):
        repositories.change_space(hub, found, {**found.settings, _MARK: "incomplete"})


@dataclass(frozen=True)
class Copied:
    """What happened to one repository.

    Attributes:
        name: its path on both Hubs, for example ``datasets/ada/d``.
        new: whether anything was copied; False if it was there already.
        files: number of files.
        size: their size in bytes.
        licence: the licence that its card names; empty if it names none.
        gated: empty, ``auto`` or ``manual``, as on the other Hub.
        left: what was not taken, each with its reason.
    """

    name: str
    new: bool
    files: int = 0
    size: int = 0
    licence: str = ""
    gated: str = ""
    left: tuple[str, ...] = ()


def copy(
    hub: Hub, source: Reader, at: Described, *, history: bool = False, told: Callable[[str, int], object] = print
) -> Copied:
    """Copy one repository.

    Args:
        hub: the Hub whose data folder is open here.
        source: the other Hub, or contents of this machine.
        at: the repository there.
        history: whether all branches, tags and commits are copied; otherwise one commit with the files of one revision.
        told: called with the name and the size of every large file before its download.

    Raises:
        HubRefused: the other Hub refuses it, its bytes are not what it says, or this Hub has another repository of its
            name.
        HubUnreachable: the other Hub does not answer.
    """
    repository, made = _place(hub, at)
    mark = f"{source.endpoint}@{at.commit}{' with history' if history else ''}"
    if repository.settings.get(_MARK) == mark:
        return Copied(str(at.wanted), new=False, licence=at.licence, gated=at.gated)
    if not made and _MARK not in repository.settings:
        raise HubRefused(
            _("This Hub has a repository {name} that is not a copy.").format(name=at.wanted),
            _("Rename or delete it first."),
        )
    if history and isinstance(source, Source):
        left = _histories(hub, source, at, repository, told)
    else:
        left = _one_commit(hub, source, at, repository, told)
    settings = {**repository.settings, _MARK: mark}
    repositories.change_space(hub, repository, settings)
    repositories.change_settings(hub, repository, private=at.private, gated=at.gated)
    return Copied(
        str(at.wanted), True, len(at.files), sum(f.size for f in at.files), at.licence, at.gated,
        (*left, _("discussions, pull requests and likes")),
    )  # fmt: skip


def _place(hub: Hub, at: Described) -> tuple[Repository, bool]:
    """Return the repository of this name, and whether it was made now."""
    if (found := find_repository(hub, at.wanted.type, at.wanted.name)) is not None:
        return found, False
    owner_name, ___, name = at.wanted.name.partition("/")
    if problem := repository_name_problem(name):
        raise HubRefused(problem)
    owner = accounts.find_user(hub, owner_name) or accounts.create_user(hub, owner_name, kind="org")
    if owner.kind != "org" or accounts.members(hub, owner):
        # Otherwise a learner who signed up under that name could change what the class downloads.
        raise HubRefused(
            _("The name {owner} belongs to people of this Hub, who could change the copy.").format(owner=owner.name),
            _("Rename that account first: autograde hub rename {owner} NEW").format(owner=owner.name),
        )
    # Marked from the beginning, so that a copy that was broken off can be continued.
    settings = {_MARK: "incomplete"}
    made = repositories.create_repository(hub, owner, name, type=at.wanted.type, private=at.private, settings=settings)
    return made, True


def _large(hub: Hub, repository: Repository, sha256: str, size: int, download: Callable[..., None]) -> None:
    """Make a large file the repository's: one that is here already, or one that is downloaded, from where it broke off.

    Raises:
        HubRefused: the bytes are not those that the other Hub announced.
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


def _regular(source: Reader, at: Described, file: SourceFile) -> bytes:
    """Download a file that git stores itself.

    Raises:
        HubRefused: the bytes are not those that the other Hub announced.
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
    hub: Hub, source: Reader, at: Described, repository: Repository, told: Callable[[str, int], object]
) -> list[str]:
    """Copy the files of one revision in one commit; return what was not taken."""
    left: list[str] = []
    operations: list[Operation] = []
    with Store(hub.temporary) as store:
        for file in at.files:
            if problem := path_problem(file.path, portable=hub.config.portable_names):
                left.append(visible(f"{file.path}: {problem}"))
            elif file.sha256 is None and file.size > hub.config.limits.regular_file:
                left.append(_("{path}: it is too large for git").format(path=visible(file.path)))
            elif file.sha256 is None:
                operations.append(WriteFile(file.path, store.add(_regular(source, at, file))))
            else:
                told(file.path, file.size)
                _large(
                    hub, repository, file.sha256, file.size,
                    lambda start, write, file=file: source.read(at, file, start, write),
                )  # fmt: skip
                operations.append(WritePointer(file.path, file.sha256, file.size))
        if resolve(hub, repository, "main") is not None:
            kept = {operation.path for operation in operations}
            with snapshot(hub, repository, "main") as before:
                gone = [e.path for e in before.list(recursive=True) if not e.is_folder and e.path not in kept]
            operations += map(Delete, gone)
        message = f"Copy of {source.endpoint}/{at.wanted} at {at.commit}"
        author = Author("mirror", "mirror@users.noreply.localhost")
        try:
            write_commit(hub, repository, "main", operations, author=author, message=message, create=True)
        except Refusal as refusal:
            told_why = _("{name} cannot be copied: {why}").format(name=at.wanted, why=refusal.translated(_))
            raise HubRefused(told_why) from None
    return [*left, _("its history (--history takes it)")]


def _check_trees(hub: Hub, at: Described, repository: Repository) -> None:
    """Check the files of each fetched branch and tag, as for a push.

    Raises:
        HubRefused: there are too many files, or names that this Hub does not accept.
    """
    listed = hub.git.run(repository.id, "for-each-ref", "--format=%(objectname)", "refs/mirror/").decode().split()
    with hub.git.reader(repository.id) as reader:
        for oid in listed:
            found = reader.info(f"{oid}^{{commit}}")
            problem = (
                ""
                if found is None
                else tree_problem(hub.census, reader, reader.commit(found[0]).tree, hub.config.limits.files)
            )
            if problem:
                raise HubRefused(
                    _("{name} cannot be copied: {why}").format(name=at.wanted, why=visible(problem)),
                    _("Try without --history."),
                )


def _histories(
    hub: Hub, source: Source, at: Described, repository: Repository, told: Callable[[str, int], object]
) -> list[str]:
    """Copy all branches, tags and commits, and the large files of each; return what was not taken."""
    settings = {"fetch.fsckObjects": "true"}
    if source.token:
        # git sends such a header to the address of a redirection too.
        settings["http.followRedirects"] = "false"
        settings[f"http.{source.endpoint}/.extraHeader"] = f"Authorization: Bearer {source.token}"
    # In the environment: other users of this machine can read a process's arguments.
    count = int(hub.git.environment()["GIT_CONFIG_COUNT"])
    extra = {"GIT_CONFIG_COUNT": str(count + len(settings))}
    for number, (key, value) in enumerate(settings.items(), count):
        extra |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    # First below refs/mirror: no branch may name a large file that is not here yet.
    refs = ("+refs/heads/*:refs/mirror/heads/*", "+refs/tags/*:refs/mirror/tags/*")
    fetch = ("fetch", "--quiet", "--prune", "--no-tags", f"{source.endpoint}/{at.wanted}", *refs)
    with hub.git.started(repository.id, *fetch, environment=extra) as process:
        code = process.wait()
    if code:
        raise HubRefused(
            _("git could not copy {name} from {endpoint}.").format(name=at.wanted, endpoint=source.endpoint),
            _("Try without --history."),
        )
    _check_trees(hub, at, repository)
    pointers = {sha256: (path, size) for __, sha256, path, size in uploads.lfs_pointers(hub, repository)}
    new = {oid: size for oid, (__, size) in pointers.items() if bound_size(hub, repository.id, oid) is None}
    addresses = source.large_files(at.wanted, new) if new else {}
    left = []
    for oid, size in new.items():
        if oid not in addresses:
            left.append(
                _("{path} of an earlier commit: {endpoint} has lost it").format(
                    path=pointers[oid][0], endpoint=source.endpoint
                )
            )
            continue
        told(pointers[oid][0], size)
        _large(
            hub, repository, oid, size,
            lambda start, write, oid=oid, size=size: source.fetch(addresses[oid], size, start, write),
        )  # fmt: skip
    listed = hub.git.run(repository.id, "for-each-ref", "--format=%(refname) %(objectname)", "refs/mirror/")
    changes = []
    for line in listed.decode().splitlines():
        ref, __, oid = line.partition(" ")
        changes += [f"update refs/{ref.removeprefix('refs/mirror/')} {oid}", f"delete {ref}"]
    hub.git.run(repository.id, "update-ref", "--stdin", stdin="".join(f"{c}\n" for c in changes).encode())
    repositories.touch(hub, repository)
    return left
