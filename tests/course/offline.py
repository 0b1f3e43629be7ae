"""Kernels without a network, for lessons that must not need one.

A kernel's process enters a network namespace of its own (``without_network.py``); the test talks to it over Unix
sockets, and the lesson reaches the real Hub of the test through one more.
"""

from __future__ import annotations

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

from .without_network import join

PROGRAM = Path(__file__).parent / "without_network.py"


@cache
def why_not() -> str:
    """Why this system gives no network namespace, in its own words; empty when it does."""
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


@contextmanager
def only_the_hub(port: int) -> Iterator[type[AsyncKernelManager]]:
    """A class of kernel managers whose kernels reach port ``port`` of this machine and nothing else."""
    folder = tempfile.mkdtemp(prefix="net-")  # short: a Unix socket's path has at most 107 characters
    path = f"{folder}/hub"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return  # closed: the test is over
            real = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=join, args=(connection, real), daemon=True).start()

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
        listener.close()
        answering.join()
        shutil.rmtree(folder, ignore_errors=True)
