"""Run a program in its own network namespace, in which it reaches this machine's Hub and nothing else.

``python without_network.py PORT SOCKET PROGRAM ...``: the namespace has only a loopback interface. The socket listening
at PORT in it is sent through the Unix socket SOCKET to a process outside, which connects it with the real Hub. Users
other than root need a user namespace, too, in which they keep their ids.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 1

LIBC = ctypes.CDLL(None, use_errno=True)


def enter_namespace() -> None:
    """Move this process into a new network namespace with an active loopback interface.

    Raises:
        OSError: the system does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    flags = CLONE_NEWNET if user == 0 else CLONE_NEWNET | CLONE_NEWUSER
    if LIBC.unshare(flags) != 0 and (flags & CLONE_NEWUSER or LIBC.unshare(flags := flags | CLONE_NEWUSER) != 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if flags & CLONE_NEWUSER:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags_now = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags_now | IFF_UP))


def main() -> None:
    """Enter the namespace, send the listening socket, and execute the program."""
    enter_namespace()
    if len(sys.argv) == 1:
        return  # only check that it is possible
    port, path, program = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    with socket.create_server(("127.0.0.1", port)) as listener, socket.socket(socket.AF_UNIX) as receiver:
        receiver.connect(path)
        socket.send_fds(receiver, [b"L"], [listener.fileno()])
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
