"""Kernels that reach only the Hub, for lessons that must not need the internet.

A kernel's process enters its own network namespace (``without_network.py``); the test talks to it over Unix sockets. It
receives a socket that listens at the Hub's address in the namespace, and forwards its connections to the real Hub.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

PROGRAM = Path(__file__).parent / "without_network.py"

#: Bytes per splice: the capacity of a pipe.
SPLICE_BYTES = 1 << 16


@cache
def unavailable_reason() -> str:
    """Return the system's error if it cannot create a network namespace; empty if it can."""
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def accepted(listener: socket.socket) -> socket.socket | None:
    """Return the next connection, or None when the listener was shut down."""
    try:
        return listener.accept()[0]
    except OSError:
        return None


def copy(source: socket.socket, target: socket.socket) -> None:
    """Copy bytes from ``source`` to ``target`` with splice until the sender is done."""
    reading, writing = os.pipe()
    try:
        while count := os.splice(source.fileno(), writing, SPLICE_BYTES):
            while count:
                count -= os.splice(reading, target.fileno(), count)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    finally:
        os.close(reading)
        os.close(writing)


def join(left: socket.socket, right: socket.socket) -> None:
    """Copy bytes both ways until both sides are done, then close both sockets."""
    back = threading.Thread(target=copy, args=(right, left), daemon=True)
    back.start()
    copy(left, right)
    back.join()
    left.close()
    right.close()


@contextmanager
def only_the_hub(port: int) -> Iterator[type[AsyncKernelManager]]:
    """Yield a class of kernel managers whose kernels reach only port ``port`` of this machine."""
    folder = tempfile.mkdtemp(prefix="net-")  # short: a Unix socket's path has at most 107 characters
    path = f"{folder}/hub"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    listening = [listener]

    def serve() -> None:
        while (connection := accepted(listener)) is not None:
            with connection:
                _data, [number], _flags, _address = socket.recv_fds(connection, 1, 1)
            listening.append(socket.socket(fileno=number))
            threading.Thread(target=answer, args=(listening[-1],), daemon=True).start()

    def answer(inside: socket.socket) -> None:
        while (visitor := accepted(inside)) is not None:
            real = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=join, args=(visitor, real), daemon=True).start()

    class OfflineKernelManager(AsyncKernelManager):
        """Starts each kernel in its own network namespace."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings, transport="ipc", ip=f"{folder}/kernel")

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            command = super().format_kernel_cmd(extra_arguments)
            program = shutil.which(command[0]) or command[0]
            return [sys.executable, str(PROGRAM), str(port), path, program, *command[1:]]

    answering = threading.Thread(target=serve, daemon=True)
    answering.start()
    try:
        yield OfflineKernelManager
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        answering.join()
        for each in listening[1:]:
            each.shutdown(socket.SHUT_RDWR)
        for each in listening:
            each.close()
        shutil.rmtree(folder, ignore_errors=True)
