"""Kernels without a network, for lessons that must not need one.

A kernel's process enters a network namespace of its own (``without_network.py``); the test talks to it over Unix
sockets. It gets the socket that listens at the Hub's address in there, and connects its visitors with the real Hub.
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

#: Bytes that are carried in one go: what a pipe holds.
AT_ONCE = 1 << 16


@cache
def why_not() -> str:
    """Why this system gives no network namespace, in its own words; empty when it does."""
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def accepted(listener: socket.socket) -> socket.socket | None:
    """Wait for the next connection; None when the test is over."""
    try:
        return listener.accept()[0]
    except OSError:
        return None


def copy(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way until the sender has no more: from socket to socket by the system, without a look at them."""
    reading, writing = os.pipe()
    try:
        while count := os.splice(source.fileno(), writing, AT_ONCE):
            while count:
                count -= os.splice(reading, target.fileno(), count)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    finally:
        os.close(reading)
        os.close(writing)


def join(left: socket.socket, right: socket.socket) -> None:
    """Carry bytes both ways until both sides are done, then close."""
    back = threading.Thread(target=copy, args=(right, left), daemon=True)
    back.start()
    copy(left, right)
    back.join()
    left.close()
    right.close()


@contextmanager
def only_the_hub(port: int) -> Iterator[type[AsyncKernelManager]]:
    """A class of kernel managers whose kernels reach port ``port`` of this machine and nothing else."""
    folder = tempfile.mkdtemp(prefix="net-")  # short: a Unix socket's path has at most 107 characters
    path = f"{folder}/hub"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    listening = [listener]

    def serve() -> None:
        while (connection := accepted(listener)) is not None:
            with connection:
                _said, [number], _flags, _address = socket.recv_fds(connection, 1, 1)
            listening.append(socket.socket(fileno=number))
            threading.Thread(target=answer, args=(listening[-1],), daemon=True).start()

    def answer(inside: socket.socket) -> None:
        while (visitor := accepted(inside)) is not None:
            real = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=join, args=(visitor, real), daemon=True).start()

    class OfflineKernelManager(AsyncKernelManager):
        """Starts kernels in a network namespace of their own."""

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
