"""Run jobs in worker processes on this machine.

If a worker dies, its submission is tried once more; the other submissions are not affected.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from autograde.errors import GradingFailed, KitError
from autograde.grading.execution import ExecutedSubmission, Executor, Job
from autograde.i18n import messages

_ = messages("cli")

#: Creates a worker's executor. Must be a module-level function, because it is pickled for the new process.
ExecutorFactory = Callable[[], Executor]

#: Seconds after which a worker that does not answer is killed; far above an executor's own limits.
PATIENCE = 1800.0

#: Attempts for a submission whose worker dies.
TRIES = 2

_STOP = b""


@dataclass(frozen=True)
class Failed:
    """A job that could not be run.

    Attributes:
        reason: one sentence for the instructor.
    """

    reason: str


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    job: Job | None = None
    since: float = 0.0
    ready: bool = False


def run_jobs(
    jobs: Iterator[Job], factory: ExecutorFactory, workers: int
) -> Iterator[tuple[Job, ExecutedSubmission | Failed]]:
    """Run every job in one of ``workers`` processes; yields each result as soon as it is ready.

    Jobs are taken from the iterator only when a worker is free, so that memory does not grow with the class.

    Raises:
        GradingFailed: submissions cannot be run on this machine; the message is the executor's.
    """
    pool: list[_Worker] = []
    tries: dict[str, int] = {}
    retries: list[Job] = []
    stack = contextlib.ExitStack()
    try:
        start = _starter(factory, stack)
        while True:
            _assign_jobs(jobs, retries, pool, start, workers)
            busy = [each for each in pool if each.job is not None]
            if not busy:
                return
            ready = wait([each.connection for each in busy], timeout=1.0)
            for worker in busy:
                if worker.connection not in ready and time.monotonic() - worker.since < PATIENCE:
                    continue
                job = worker.job
                assert job is not None
                if worker.connection in ready and not worker.ready:
                    _begin(worker, pool)
                    continue
                found = _answer(worker) if worker.connection in ready else None
                worker.job = None
                if found is None:
                    how = _end(worker, pool)
                    tries[job.student] = tries.get(job.student, 0) + 1
                    if tries[job.student] < TRIES:
                        retries.append(job)
                        continue
                    found = Failed(_("The process that ran it ended twice ({how}).").format(how=how))
                yield job, found
    finally:
        for worker in list(pool):
            _stop(worker)
        stack.close()


def _starter(factory: ExecutorFactory, stack: contextlib.ExitStack) -> Callable[[], _Worker]:
    """Return a function that starts a worker.

    Executors may share something that takes long to start (see :meth:`SandboxExecutor.shared`); it ends with ``stack``.

    Raises:
        GradingFailed: what they share cannot start on this machine.
    """
    shared = getattr(factory, "shared", None)
    if shared is None:
        return partial(_start, factory)
    try:
        another = stack.enter_context(shared())
    except KitError as error:
        raise GradingFailed(error.what, error.fix) from None

    def start() -> _Worker:
        with another() as own:
            return _start(own)

    return start


def _assign_jobs(
    jobs: Iterator[Job], retries: list[Job], pool: list[_Worker], start: Callable[[], _Worker], workers: int
) -> None:
    """Give each idle worker a job; start workers while there are more jobs than workers."""
    while True:
        idle = next((each for each in pool if each.job is None), None)
        if idle is None and len(pool) >= workers:
            return
        job = retries.pop() if retries else next(jobs, None)
        if job is None:
            return
        worker = idle
        if worker is None:
            worker = start()
            pool.append(worker)
        worker.job, worker.since = job, time.monotonic()
        try:
            worker.connection.send_bytes(to_bytes(job))
        except OSError:
            # The worker died while idle, so its connection is closed: give the job to another worker.
            continue


def _start(factory: ExecutorFactory) -> _Worker:
    context = multiprocessing.get_context("spawn")
    local, remote = context.Pipe()
    process = context.Process(target=_work, args=(remote, factory), daemon=False)
    process.start()
    remote.close()
    return _Worker(process, local)


def _begin(worker: _Worker, pool: list[_Worker]) -> None:
    """Receive the worker's message that its executor is ready.

    Raises:
        GradingFailed: the worker could not create one, or it ended first; this is not the fault of a submission.
    """
    try:
        kind = worker.connection.recv_bytes(1)
        what, fix = "", ""
        if kind == b"x":
            what, fix = worker.connection.recv_bytes().decode().split("\x00")
    except (EOFError, OSError):
        how = _end(worker, pool)
        raise GradingFailed(
            _("A process that runs submissions could not start ({how}).").format(how=how),
            _("Its own messages are above. Nothing is lost: type the command again."),
        ) from None
    if kind == b"x":
        raise GradingFailed(what, fix)
    worker.ready, worker.since = True, time.monotonic()


def _answer(worker: _Worker) -> ExecutedSubmission | Failed | None:
    """Return what the worker sent, or None if it died.

    Raises:
        GradingFailed: this machine cannot run submissions any more.
    """
    try:
        kind, content = worker.connection.recv_bytes(1), worker.connection.recv_bytes()
    except (EOFError, OSError):
        return None
    if kind == b"x":
        what, fix = content.decode().split("\x00")
        raise GradingFailed(what, fix)
    return ExecutedSubmission.from_json(json.loads(content)) if kind == b"e" else Failed(content.decode())


def _end(worker: _Worker, pool: list[_Worker]) -> str:
    """Remove a worker that died or does not answer; return how it ended."""
    pool.remove(worker)
    worker.process.join(0.5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
        how = _("no answer in time")
    else:
        code = worker.process.exitcode or 0
        how = _("signal {number}").format(number=-code) if code < 0 else _("exit code {number}").format(number=code)
    worker.connection.close()
    return how


def _stop(worker: _Worker) -> None:
    with contextlib.suppress(OSError):
        worker.connection.send_bytes(_STOP)
    worker.connection.close()
    worker.process.join(0.0 if worker.job is not None else 20.0)
    if worker.process.is_alive():
        worker.process.terminate()
        worker.process.join(5.0)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _work(connection: Connection, factory: ExecutorFactory) -> None:
    """Run jobs in the worker's process until the connection is closed."""
    try:
        executor = factory()
    except KeyboardInterrupt:
        # Ctrl-C while the libraries are being loaded, which takes seconds.
        return
    except Exception as error:
        what, fix = getattr(error, "what", f"{type(error).__name__}: {error}"), getattr(error, "fix", "")
        _send(connection, b"x", f"{what}\x00{fix}".encode())
        # Read the first job: otherwise the grader could block while sending it.
        connection.recv_bytes()
        return
    # Imported modules are permanent: exclude them from garbage collection.
    gc.collect()
    gc.freeze()
    connection.send_bytes(b"r")
    # Ctrl-C reaches the whole group of processes; the grader prints the message.
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt), contextlib.closing(executor):
        while (content := connection.recv_bytes()) != _STOP:
            try:
                answer = b"e", to_bytes(executor.run(Job.from_json(json.loads(content))))
            except KitError as error:
                # This is not the submission's fault: every other one would fail, too.
                _send(connection, b"x", f"{error.what}\x00{error.fix}".encode())
                return
            except Exception as error:
                answer = b"f", f"{type(error).__name__}: {error}".encode()
            _send(connection, *answer)


def _send(connection: Connection, kind: bytes, content: bytes) -> None:
    connection.send_bytes(kind)
    connection.send_bytes(content)


def to_bytes(value: Job | ExecutedSubmission) -> bytes:
    """Return a job or an execution as JSON: data from a process that ran a learner's code must not be unpickled."""
    return json.dumps(value.to_json()).encode()
