"""Run jobs on an existing Dask cluster. Submissions travel as bytes, results as JSON; the gradebook stays here."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

from distributed import Client, KilledWorker, as_completed

from autograde.errors import GradingFailed, KitError
from autograde.grading.execution import ExecutedSubmission, Executor, Job
from autograde.grading.pool import ExecutorFactory, Failed, to_bytes
from autograde.i18n import messages

_ = messages("cli")

#: Jobs submitted per thread of the cluster: one runs, one waits.
_AHEAD = 2

#: Timeout for connecting to the scheduler, in seconds.
_CONNECTING = 15

#: Attempts for a job whose worker dies.
_TRIES = 2

_mine = threading.local()


def run_on_cluster(
    jobs: Iterator[Job], address: str, factory: ExecutorFactory
) -> Iterator[tuple[Job, ExecutedSubmission | Failed]]:
    """Run every job on the cluster; yields each result as soon as it is ready.

    At most two jobs per thread of the cluster are submitted at a time, so that memory does not grow with the class. A
    job whose worker dies is tried once more.

    Args:
        jobs: what to run.
        address: address of the scheduler, for example ``tcp://10.0.0.1:8786``.
        factory: makes a worker's executor; the workers need the same version of the kit.

    Raises:
        GradingFailed: no cluster answers, or it cannot run submissions.
    """
    try:
        client = Client(address, timeout=_CONNECTING, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise GradingFailed(
            _("No Dask cluster answers at {address}.").format(address=address),
            _("Start its scheduler, or give the address that the scheduler prints."),
        ) from error
    with contextlib.closing(client):
        sent: dict[str, tuple[Job, Any]] = {}
        waiting = as_completed(loop=client.loop)

        def send() -> bool:
            job = next(jobs, None)
            if job is None:
                return False
            future = client.submit(run_here, to_bytes(job), factory, pure=False, retries=_TRIES - 1)
            sent[future.key] = job, future
            waiting.add(future)
            return True

        while len(sent) < _AHEAD * max(1, sum(client.nthreads().values())) and send():
            pass
        for future in waiting:
            job, _future = sent.pop(future.key)
            try:
                yield job, _parse_execution(future.result())
            except KilledWorker:
                yield job, Failed(_("The worker that ran it died several times."))
            except KitError as error:
                raise GradingFailed(error.what, error.fix) from error
            except Exception as error:  # any error of the cluster concerns this job only
                yield job, Failed(f"{type(error).__name__}: {error}")
            future.release()
            send()


def run_here(content: bytes, factory: ExecutorFactory) -> str:
    """Run one job in a thread of a worker and return the execution as JSON; each thread reuses its executor."""
    executors: dict[ExecutorFactory, Executor] = _mine.__dict__.setdefault("executors", {})
    if factory not in executors:
        executors[factory] = factory()
    return json.dumps(executors[factory].run(Job.from_json(json.loads(content))).to_json())


def _parse_execution(text: str) -> ExecutedSubmission:
    try:
        return ExecutedSubmission.from_json(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not an execution: {error}") from error
