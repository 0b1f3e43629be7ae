"""System calls that Python 3.11 does not provide, made through the C library."""

from __future__ import annotations

import ctypes
import os
import platform

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
#: All namespaces except the user and the control group namespace.
NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38

_SIGCHLD = 17
_FILTER = 2

#: Numbers of the calls that the C library does not wrap, by architecture.
_NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "capset": 126, "mount_setattr": 442},
    "aarch64": {"clone": 220, "pivot_root": 41, "capset": 91, "mount_setattr": 442},
}

# PyDLL does not release Python's lock, which could not be acquired again after a fork without the other threads.
_library = ctypes.PyDLL(None, use_errno=True)


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("namespace", ctypes.c_uint64),
    )


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def supported() -> bool:
    """Return whether the numbers of the calls are known for this architecture."""
    return platform.system() == "Linux" and platform.machine() in _NUMBERS


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _call(name: str, *arguments: object) -> int:
    number = _NUMBERS[platform.machine()][name]
    return _checked(_library.syscall(ctypes.c_long(number), *arguments), name)


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    _checked(_library.unshare(ctypes.c_int(flags)), "unshare")


def fork_into(flags: int) -> int:
    """Fork a child in new namespaces, with one copy of the page tables instead of the two of unshare and fork.

    The C library does not know of this fork, so the child should only fork again or do very little.

    Returns:
        The child's process id; 0 in the child.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    nothing = ctypes.c_long(0)
    try:
        pid = _call("clone", ctypes.c_long(flags | _SIGCHLD), nothing, nothing, nothing, nothing)
    except OSError:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        raise
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return pid


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system, or bind-mount a folder or file."""
    result = _library.mount(
        os.fsencode(source), os.fsencode(target), kind.encode() or None, ctypes.c_ulong(flags),
        options.encode() or None,
    )  # fmt: skip
    _checked(result, f"mount {source} on {target}")


def unmount(target: str) -> None:
    """Detach a mount and all mounts below it."""
    _checked(_library.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make ``new`` the root of the file system, and move the old root to ``old``, a folder below it."""
    _call("pivot_root", os.fsencode(new), os.fsencode(old))


def restrict_mounts(target: str, attributes: int, cleared: int = 0) -> None:
    """Set and clear attributes such as ``MOUNT_ATTR_RDONLY`` of a mount and all mounts below it."""
    wanted = _MountAttributes(attributes, cleared, 0, 0)
    _call(
        "mount_setattr", ctypes.c_int(_AT_FDCWD), os.fsencode(target), ctypes.c_uint(_AT_RECURSIVE),
        ctypes.byref(wanted), ctypes.c_size_t(ctypes.sizeof(wanted)),
    )  # fmt: skip


def set_process(option: int, value: int) -> None:
    """Set an attribute of this process (``prctl``)."""
    _checked(_library.prctl(ctypes.c_int(option), ctypes.c_ulong(value), 0, 0, 0), "prctl")


def set_filter(steps: bytes, number: int) -> None:
    """Install a seccomp filter of ``number`` steps for all later system calls of this process and its children."""
    program = _Filter(number, steps)
    result = _library.prctl(ctypes.c_int(PR_SET_SECCOMP), ctypes.c_ulong(_FILTER), ctypes.byref(program), 0, 0)
    _checked(result, "prctl")


def drop_capabilities() -> None:
    """Drop all capabilities, also for programs that are started later."""
    for number in range(64):
        try:
            set_process(PR_CAPBSET_DROP, number)
        except OSError:
            break  # the kernel has no more capabilities
    set_process(PR_SET_NO_NEW_PRIVS, 1)
    header, empty = _Header(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.byref(header), ctypes.byref(empty))
