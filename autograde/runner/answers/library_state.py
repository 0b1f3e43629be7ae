"""Start every call with the libraries in a standard state, and restore the previous state afterwards.

Otherwise ``torch.set_grad_enabled(False)`` in one answer would give the next one the points for ``no_grad``, and a
default dtype of float64 in an earlier cell would make every model's numbers wrong. So a call starts in the state of a
new process: gradients on, float32, the CPU, random numbers from a fixed seed. Afterwards the previous state is
restored, random numbers included.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

#: Where random numbers begin in every call: dropout that was left on gives the same wrong numbers each time.
_SEED = 0


@dataclass(frozen=True)
class _Setting:
    """Something that a library keeps for the whole process.

    Attributes:
        module: the library; nothing is done while it is not imported.
        read: its value now, from the module.
        write: sets it.
        standard: the value that a call begins with, from the module.
    """

    module: str
    read: Callable[[Any], Any]
    write: Callable[[Any, Any], object]
    standard: Callable[[Any], Any]

    def set(self, module: Any, value: Any) -> None:
        """Set it, if it has another value now."""
        if self.read(module) != value:
            self.write(module, value)


def _set_device(torch: Any, device: Any) -> None:
    # Without a device of its own torch is quicker than with the CPU for one.
    torch.set_default_device(None if str(device) == "cpu" else device)


_SETTINGS = (
    _Setting(
        "torch",
        lambda torch: torch.is_grad_enabled(),
        lambda torch, value: torch.set_grad_enabled(value),
        lambda _torch: True,
    ),
    _Setting(
        "torch",
        lambda torch: torch.get_default_dtype(),
        lambda torch, value: torch.set_default_dtype(value),
        lambda torch: torch.float32,
    ),
    _Setting("torch", lambda torch: torch.get_default_device(), _set_device, lambda torch: torch.device("cpu")),
    _Setting(
        "torch",
        lambda torch: torch.is_autocast_enabled("cpu"),
        lambda torch, value: torch.set_autocast_enabled("cpu", value),
        lambda _torch: False,
    ),
    _Setting(
        "torch",
        lambda torch: torch.get_float32_matmul_precision(),
        lambda torch, value: torch.set_float32_matmul_precision(value),
        lambda _torch: "highest",
    ),
    _Setting(
        "torch",
        lambda torch: torch.get_deterministic_debug_mode(),
        lambda torch, value: torch.set_deterministic_debug_mode(value),
        lambda _torch: 0,
    ),
    _Setting(
        "torch",
        lambda torch: torch.is_anomaly_enabled(),
        lambda torch, value: torch.autograd.set_detect_anomaly(value),
        lambda _torch: False,
    ),
    # On models as small as a case's, threads that wait for each other cost more than they save.
    _Setting(
        "torch",
        lambda torch: torch.get_num_threads(),
        lambda torch, value: torch.set_num_threads(value),
        lambda _torch: 1,
    ),
    _Setting(
        "numpy",
        lambda numpy: numpy.geterr(),
        lambda numpy, value: numpy.seterr(**value),
        lambda _numpy: {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"},
    ),
)

#: Random numbers: the module, its state, what puts a state back, and what begins anew.
_RANDOM: tuple[tuple[str, Callable[[Any], Any], Callable[[Any, Any], object], Callable[[Any], object]], ...] = (
    (
        "random",
        lambda random: random.getstate(),
        lambda random, state: random.setstate(state),
        lambda random: random.seed(_SEED),
    ),
    (
        "numpy.random",
        lambda random: random.get_state(),
        lambda random, state: random.set_state(state),
        lambda random: random.seed(_SEED),
    ),
    (
        "torch",
        lambda torch: torch.default_generator.get_state(),
        lambda torch, state: torch.default_generator.set_state(state),
        lambda torch: torch.default_generator.manual_seed(_SEED),
    ),
)


@contextlib.contextmanager
def standard_state() -> Iterator[None]:
    """Inside the block the libraries are as in a process that has just started; afterwards as they were before it.

    A library that is imported inside is left in its standard state.
    """
    names = {setting.module for setting in _SETTINGS} | {name for name, *_others in _RANDOM}
    loaded = {name: sys.modules[name] for name in names if name in sys.modules}
    torch: Any = loaded.get("torch")
    # The innermost block of inference mode decides: it cannot be switched off, only be covered.
    with contextlib.nullcontext() if torch is None else torch.inference_mode(False):
        before = [(setting, setting.read(loaded[setting.module])) for setting in _SETTINGS if setting.module in loaded]
        states = [(name, read(loaded[name]), write) for name, read, write, _seed in _RANDOM if name in loaded]
        for setting, _value in before:
            setting.set(loaded[setting.module], setting.standard(loaded[setting.module]))
        for name, _read, _write, seed in _RANDOM:
            if name in loaded:
                seed(loaded[name])
        try:
            yield
        finally:
            for setting, value in before:
                setting.set(loaded[setting.module], value)
            for name, state, write in states:
                write(loaded[name], state)
            for setting in _SETTINGS:
                if setting.module not in loaded and setting.module in sys.modules:
                    module = sys.modules[setting.module]
                    setting.set(module, setting.standard(module))
