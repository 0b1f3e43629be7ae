"""Block system calls and socket families in a learner's process with a seccomp filter.

Blocked are calls that allocate memory no limit counts, parts of the kernel that exercises do not need and that have
often had vulnerabilities, and sockets that network namespaces do not isolate, such as those between a virtual machine
and its host.
"""

from __future__ import annotations

import errno
import platform
import socket
import struct

from autograde.grading.sandbox.syscalls import set_filter

#: The kernel's number of each architecture, and its numbers of the blocked calls.
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

#: The kernel's numbers of ``socket`` and ``socketpair``, and the families that are allowed.
_SOCKETS = {"x86_64": (41, 53), "aarch64": (198, 199)}
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, getattr(socket, "AF_NETLINK", 16))

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
#: Offset of the lower half of a call's first argument; both architectures are little-endian.
_FIRST_ARGUMENT = 16
_ALLOW = 0x7FFF0000
#: The call fails as on a kernel without it, so that libraries fall back to something else.
_REFUSE = 0x00050000 | errno.ENOSYS
#: The error of a kernel without this socket family.
_NO_FAMILY = 0x00050000 | errno.EAFNOSUPPORT
#: The first number of the x32 ABI, whose calls have separate numbers.
_X32 = 0x40000000


def forbid_calls() -> None:
    """Block the calls in this process and its children; this cannot be undone.

    Raises:
        OSError: the kernel has no filters for system calls.
    """
    machine, calls = _MACHINES[platform.machine()]
    numbers, families = sorted(calls.values()), len(_FAMILIES)
    opening, opening_two = _SOCKETS[platform.machine()]
    # Each comparison has two jump offsets: the steps to skip when it is true, and when it is false.
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
