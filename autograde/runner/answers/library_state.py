"""Reset the libraries before every call to their state in a new process.

Otherwise ``torch.set_grad_enabled(False)`` in one answer would give the next one the points for ``no_grad``, and a
default dtype of float64 in an earlier cell would make every model's numbers wrong. Only for a copy of a process,
because nothing is restored.
"""

from __future__ import annotations

import sys
from typing import Any

#: Random seed of every call, so that dropout that was left on gives the same wrong numbers each time.
_SEED = 0

#: Context managers that stay open until the copy exits.
_kept: list[Any] = []


def start_in_standard_state() -> None:
    """Enable gradients and set float32, the CPU, one thread and a fixed random seed, in imported libraries only."""
    modules: Any = sys.modules
    if "random" in modules:
        modules["random"].seed(_SEED)
    if "numpy" in modules:
        numpy = modules["numpy"]
        numpy.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
        numpy.random.seed(_SEED)
    if "torch" in modules:
        _start_torch(modules["torch"])


def _start_torch(torch: Any) -> None:
    if torch.is_inference_mode_enabled():
        # The learner's block cannot be exited from here, but a nested ``inference_mode(False)`` switches the mode off.
        covering = torch.inference_mode(False)
        covering.__enter__()
        _kept.append(covering)
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_autocast_enabled("cpu", False)
    torch.set_float32_matmul_precision("highest")
    if torch.get_deterministic_debug_mode():
        # Set it only if needed: this loads the compiler, which takes seconds.
        torch.set_deterministic_debug_mode(0)
    torch.autograd.set_detect_anomaly(False)
    # For models this small, synchronising threads costs more than they save.
    torch.set_num_threads(1)
    torch.default_generator.manual_seed(_SEED)
