"""The configuration of a Hub: data folder, address, and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograde.hub.extension import Extension

MIB = 1 << 20
GIB = 1 << 30


#: scrypt's ``n`` for passwords. A class of sixty that signs up at once, on two cores that have other work too, must not
#: wait longer than five seconds (``make load``), and guessing is limited in :mod:`autograde.hub.people.attempts`.
PASSWORD_COST = 2**14


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits on the size and number of things. Sizes are in bytes.

    Attributes:
        json_body: a JSON or form body.
        commit_body: the NDJSON body of one commit, which contains regular files.
        regular_file: the largest file stored in git without LFS (10 MiB, as on huggingface.co).
        lfs_file: the largest LFS file.
        owner_storage: all commits and large files of one person or organisation together.
        large_files: LFS and Xet files of one person or organisation together; also pieces of one person's Xet uploads.
        failed_logins: wrong passwords for one name within :attr:`login_window` before further log-ins must wait.
        login_window: length of the time window in seconds, also for the next three limits.
        sign_ups: accounts created from one IP address; a whole school often shares one.
        device_logins: device log-ins started from one address, and codes approved by one person.
        posts: discussions, pull requests and comments of one person.
        changes: events, besides uploads and downloads, that one person may cause in an hour.
        pack: the largest git push, LFS files not counted.
        inflation: how many times larger than its gzip form a decompressed request body may be.
        xorb: the largest Xet xorb (the protocol's own limit is 64 MiB).
        shard: the largest Xet shard.
        files_per_commit: operations in one commit.
        card: the longest part of a README.md that is parsed or rendered.
        bodies: JSON, forms and commits in memory at the same time, for all requests together.
        files: files and folders in one revision of a repository.
        refs: branches and tags in one push.
        repository_refs: branches and tags in one repository.
        repositories: repositories of one person or organisation; the person who runs the Hub may add more.
        connections: connections open at the same time; beyond that, the oldest idle one is closed.
        offers_kept: seconds for which a large file uploaded for a pull request is kept if no pull request uses it.
        xorbs_kept: seconds for which pieces of Xet uploads are kept; clients remember theirs for three weeks.
    """

    json_body: int = 8 * MIB
    commit_body: int = 1 * GIB
    regular_file: int = 10 * MIB
    lfs_file: int = 64 * GIB
    owner_storage: int = 1024 * GIB
    large_files: int = 200_000
    failed_logins: int = 10
    login_window: int = 300
    sign_ups: int = 500
    device_logins: int = 100
    posts: int = 120
    changes: int = 10_000
    pack: int = 4 * GIB
    inflation: int = 200
    xorb: int = 66 * MIB
    shard: int = 64 * MIB
    files_per_commit: int = 25_000
    card: int = 1 * MIB
    bodies: int = 2 * GIB
    files: int = 100_000
    refs: int = 1000
    repository_refs: int = 5000
    repositories: int = 5000
    connections: int = 600
    offers_kept: int = 7 * 86_400
    xorbs_kept: int = 30 * 86_400


@dataclass(frozen=True, kw_only=True)
class HubConfig:
    """A Hub's settings.

    Attributes:
        data: folder of all the Hub's data; created if missing.
        host: address to listen on. The default is reachable from this machine only.
        port: port to listen on; 0 lets the system choose a free one.
        hosts: names, besides ``localhost`` and IP addresses, under which browsers may reach this Hub.
        public_url: the Hub's URL behind a proxy; ``{port}`` is replaced by its port. Only then are the proxy's
            ``X-Forwarded-Host`` and ``-Proto`` headers trusted, and only if they agree with it.
        programs_use_proxy: whether git, ``hf`` and Python use the public URL too. Behind JupyterHub they don't: they
            run on the Hub's own machine, and the proxy would require a log-in.
        frames: origins (``http://127.0.0.1:8888``, JupyterLab's) whose pages may show the Hub's pages in a frame,
            except pages with a form.
        sign_up: whether new people can sign up at ``/join``.
        durable: whether every acknowledged write is flushed to disk. A temporary Hub does not need it.
        password_cost: scrypt's ``n``; 2**14 is about 0.05 s and 16 MiB for each log-in. Passwords stored with another
            cost are hashed again when their owners log in.
        multipart_above: LFS uploads larger than this many bytes are offered in parts to clients that support it.
        portable_names: whether to reject file names that Windows does not allow, such as ``a:b``. huggingface.co
            accepts them.
        webhooks: allowed targets of webhooks, ``http://127.0.0.1:9000``, with ``*`` for any port; empty: webhooks
            are off.
        extensions: applications that are mounted into this Hub; see :mod:`autograde.hub.extension`.
        limits: see :class:`Limits`.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 0
    hosts: tuple[str, ...] = ()
    public_url: str = ""
    programs_use_proxy: bool = False
    frames: tuple[str, ...] = ()
    sign_up: bool = True
    durable: bool = True
    password_cost: int = PASSWORD_COST
    multipart_above: int = 5 * GIB
    portable_names: bool = True
    webhooks: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    limits: Limits = field(default_factory=Limits)
