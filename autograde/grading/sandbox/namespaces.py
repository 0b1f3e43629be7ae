"""Enter the namespaces of the template, and those of each learner's process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import struct
from pathlib import Path

from autograde.grading.sandbox import syscalls
from autograde.grading.sandbox.limits import SandboxLimits
from autograde.grading.sandbox.view import View

#: User id of a learner's process, as seen in the sandbox.
LEARNER = 1000
#: User id of a learner's process, as seen outside, when the grader is root.
NOBODY = 65534
#: The learner's home folder. Not in /home, where Python may be installed.
HOME = "/learner"
#: Folders that are empty and writable for each learner.
WRITABLE = (HOME, "/tmp")  # noqa: S108 - in the sandbox

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_ETC = {
    "passwd": f"root:x:0:0:root:/root:/bin/sh\nlearner:x:{LEARNER}:{LEARNER}:learner:{HOME}:/bin/bash\n",
    "group": f"root:x:0:\nlearner:x:{LEARNER}:\n",
    "hosts": "127.0.0.1 localhost learner\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "resolv.conf": "",
    "hostname": "learner\n",
}


def enter_template(view: View) -> None:
    """Move this process into namespaces in which only ``view`` is visible; then drop root privileges.

    Returns in a forked child; the calling process waits for it.

    Raises:
        OSError: the system does not allow namespaces.
    """
    uid, gid = os.geteuid(), os.getegid()
    root = uid == 0
    # The second fork goes through the C library: this process does real work, so its cached process id must be right.
    _wait_for(syscalls.fork_into(syscalls.NAMESPACES if root else syscalls.CLONE_NEWUSER | syscalls.NAMESPACES))
    _wait_for(os.fork())
    if not root:
        _map_user(uid, uid, gid, gid)
    _build(view)
    if root:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        # Otherwise /proc/self belongs to root, and no user namespace can be set up.
        syscalls.set_process(syscalls.PR_SET_DUMPABLE, 1)
        syscalls.set_process(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir("/")


def _wait_for(child: int) -> None:
    """In the parent, wait for the child and exit with it; in the child, return, and be killed with the parent."""
    if child:
        with contextlib.suppress(KeyboardInterrupt):
            _pid, status = os.waitpid(child, 0)
            os._exit(min(abs(os.waitstatus_to_exitcode(status)), 255))
        os._exit(1)
    syscalls.set_process(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)


def _map_user(inside: int, outside: int, inside_group: int, outside_group: int) -> None:
    Path("/proc/self/uid_map").write_text(f"{inside} {outside} 1\n", encoding="ascii")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{inside_group} {outside_group} 1\n", encoding="ascii")


def _build(view: View) -> None:
    """Replace the root of the file system with an empty one that has the parts of ``view``."""
    if taken := [path for path in view.shown if path in WRITABLE]:
        raise OSError(f"Python is installed in {taken[0]} itself, which each learner gets empty; move it into a folder")
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    base = "/tmp"  # noqa: S108 - only as a place to mount on, in this process's own namespace
    syscalls.mount("tmpfs", base, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=0755,size=4m")
    os.mkdir(f"{base}/old")
    syscalls.pivot_root(base, f"{base}/old")
    os.chdir("/")
    for path in view.shown:
        _show(path)
    for path in view.hidden:
        if os.path.isdir(path):
            syscalls.mount("tmpfs", path, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=0755,size=8k")
            # Otherwise Python would import the empty folder as a namespace package.
            Path(path, "__init__.py").write_text(
                'raise ModuleNotFoundError("Not available in a graded run.")\n', encoding="ascii"
            )
        elif os.path.exists(path):
            syscalls.mount("/old/dev/null", path, flags=syscalls.MS_BIND)
    os.makedirs("/etc", exist_ok=True)
    for name, content in _ETC.items():
        Path("/etc", name).write_text(content, encoding="ascii")
    os.makedirs("/dev")
    for name in _DEVICES:
        Path("/dev", name).touch()
        syscalls.mount(f"/old/dev/{name}", f"/dev/{name}", flags=syscalls.MS_BIND)
    for name, target in (("fd", "/proc/self/fd"), ("ptmx", "pts/ptmx"), ("stdin", "/proc/self/fd/0"),
                         ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")):  # fmt: skip
        os.symlink(target, f"/dev/{name}")
    for folder in ("/dev/pts", "/dev/shm", "/proc", "/var", "/run", *WRITABLE):  # noqa: S108 - places to mount on
        os.makedirs(folder, exist_ok=True)
    syscalls.mount("proc", "/proc", "proc", syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC)
    syscalls.unmount("/old")
    os.rmdir("/old")
    syscalls.restrict_mounts("/", syscalls.MOUNT_ATTR_RDONLY | syscalls.MOUNT_ATTR_NOSUID)
    # Setting up user namespaces writes to /proc, so make it read-only only now.
    syscalls.restrict_mounts("/proc", 0, syscalls.MOUNT_ATTR_RDONLY)
    for folder in WRITABLE:
        _empty(folder, view, "mode=1777,size=64m")


def _empty(folder: str, view: View, options: str) -> None:
    """Mount an empty file system on a folder; mount the view's files in that folder again, still read-only.

    For a kit in ``/tmp/kit/…``, ``/tmp`` then contains only the kit. Each top folder is a separate mount, so that it
    cannot be written to, or renamed and replaced.
    """
    names = {path[len(folder) + 1 :].partition("/")[0] for path in view.shown if path.startswith(f"{folder}/")}
    with contextlib.ExitStack() as opened:
        covered: dict[str, str] = {}
        for name in sorted(names):
            # A handle on the covered file system, whose contents can still be mounted.
            handle = os.open(f"{folder}/{name}", os.O_PATH)
            opened.callback(os.close, handle)
            covered[f"{folder}/{name}"] = f"/proc/self/fd/{handle}"
        syscalls.mount("tmpfs", folder, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, options)
        for target, source in covered.items():
            _bind(source, target)


def _show(path: str) -> None:
    """Make a file or folder of the old root visible at the same path; keep a symbolic link as a link."""
    source = f"/old{path}"
    if os.path.lexists(path):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(source):
        os.symlink(os.readlink(source), path)
    else:
        _bind(source, path)


def _bind(source: str, target: str) -> None:
    """Bind-mount a file or folder, with all mounts below it, at a new path."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        Path(target).touch()
    syscalls.mount(source, target, flags=syscalls.MS_BIND | syscalls.MS_REC)


def fork_learner() -> int:
    """Fork a child that is process 1 in new namespaces. Returns the same as :func:`os.fork`."""
    return syscalls.fork_into(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWCGROUP | syscalls.NAMESPACES)


def enter_learner(limits: SandboxLimits, view: View, owner: tuple[int, int]) -> socket.socket:
    """Set up the namespaces of a learner's process, in the child of :func:`fork_learner`.

    Args:
        limits: the submission's limits.
        view: the template's view.
        owner: user and group id of the template; inside the child's new user namespace, both read as 65534.

    Returns:
        A socket that listens on the loopback interface of the sandbox, at the address of its Hub.
    """
    syscalls.set_process(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    _map_user(LEARNER, owner[0], LEARNER, owner[1])
    plain = syscalls.MS_NOSUID | syscalls.MS_NODEV
    inodes = "nr_inodes=100000"
    _empty(HOME, view, f"mode=0755,size={limits.disk_bytes},{inodes}")
    _empty("/tmp", view, f"mode=1777,size={limits.disk_bytes // 2},{inodes}")  # noqa: S108 - in the sandbox
    syscalls.mount("tmpfs", "/dev/shm", "tmpfs", plain, f"mode=1777,size={limits.disk_bytes // 4},{inodes}")  # noqa: S108 - as above
    syscalls.mount(
        "devpts", "/dev/pts", "devpts", syscalls.MS_NOSUID | syscalls.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"
    )
    syscalls.mount("proc", "/proc", "proc", plain | syscalls.MS_NOEXEC)
    # Forbid nested user namespaces: their capabilities make more of the kernel attackable.
    Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    # The kernel gives a user 128 of each, and all learners' processes are the same user outside of the sandbox.
    for name in ("max_inotify_instances", "max_fanotify_groups"):
        with contextlib.suppress(FileNotFoundError):
            Path("/proc/sys/user", name).write_text("8", encoding="ascii")
    os.makedirs(f"{HOME}/work")
    socket.sethostname("learner")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    _up("lo", listening)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    return listening


def _up(interface: str, by: socket.socket) -> None:
    request = struct.pack("16sh22x", interface.encode(), 0)
    _name, flags = struct.unpack("16sh22x", fcntl.ioctl(by, 0x8913, request))  # SIOCGIFFLAGS
    fcntl.ioctl(by, 0x8914, struct.pack("16sh22x", interface.encode(), flags | 0x1))  # SIOCSIFFLAGS, IFF_UP
