"""System calls that a learner's process may not use: memory that no limit counts, and parts of the kernel that
exercises do not need and that have often had holes. And kinds of sockets that no network namespace keeps apart, such as
those with which a virtual machine talks to the machine below it."""

from __future__ import annotations

import errno
import platform
import socket
import struct

from autograde.grading.sandbox.syscalls import set_filter

#: The kernel's number of the machine, and the calls' numbers there.
_MACHINES = {
    "x86_64": (
        0xC000003E,
        {
            # Memory that belongs to no process.
            **{"memfd_create": 319, "memfd_secret": 447, "shmget": 29, "msgget": 68},
            # Keys are shared by all processes of a user, whatever their namespaces.
            **{"keyctl": 250, "add_key": 248, "request_key": 249},
            **{"bpf": 321, "io_uring_setup": 425, "perf_event_open": 298, "userfaultfd": 323},
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            **{"memfd_create": 279, "memfd_secret": 447, "shmget": 194, "msgget": 186},
            **{"keyctl": 219, "add_key": 217, "request_key": 218},
            **{"bpf": 280, "io_uring_setup": 425, "perf_event_open": 241, "userfaultfd": 282},
        },
    ),
}

#: The kernel's numbers of ``socket`` and ``socketpair``, and the families that they may be asked for.
_SOCKETS = {"x86_64": (41, 53), "aarch64": (198, 199)}
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, getattr(socket, "AF_NETLINK", 16))

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
#: Where the lower half of a call's first argument is: both processors put it first.
_FIRST_ARGUMENT = 16
_ALLOW = 0x7FFF0000
#: The call fails as on a kernel that does not have it: libraries then do without.
_REFUSE = 0x00050000 | errno.ENOSYS
#: The answer of a kernel that does not know a family of sockets.
_NO_FAMILY = 0x00050000 | errno.EAFNOSUPPORT
#: Calls of programs for other kinds of processors begin here; they have numbers of their own.
_X32 = 0x40000000


def forbid_calls() -> None:
    """Refuse the calls, in this process and all that it starts; it cannot be undone.

    Raises:
        OSError: the kernel has no filters for system calls.
    """
    machine, calls = _MACHINES[platform.machine()]
    numbers, families = sorted(calls.values()), len(_FAMILIES)
    opening, opening_two = _SOCKETS[platform.machine()]
    # Each step that compares says how many steps to skip when it is so, and when it is not.
    steps = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0), (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _REFUSE),
        *((_EQUAL, len(numbers) - index + families + 4, 0, number) for index, number in enumerate(numbers)),
        (_EQUAL, 1, 0, opening), (_EQUAL, 0, families + 2, opening_two),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *((_EQUAL, families - index, 0, int(family)) for index, family in enumerate(_FAMILIES)),
        (_RETURN, 0, 0, _NO_FAMILY), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE),
    ]  # fmt: skip
    set_filter(b"".join(struct.pack("=HBBI", *step) for step in steps), len(steps))
