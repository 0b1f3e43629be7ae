"""Putting back what a learner's function may have changed in this process, so that the check itself still works.

A function can delete ``len``, replace ``json.dumps`` or ask for a recursion limit of 50. In a sandbox that is its own
loss. In a learner's own kernel the check, and whatever comes after it, should still work.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

#: Modules whose names the check itself uses, or the next question's answer.
_MODULES = ("builtins", "json", "json.decoder", "json.encoder", "math", "os", "re", "signal", "sys", "time", "types",
            "numpy", "torch", "torch.nn", "torch.nn.functional")  # fmt: skip

#: Classes that learners patch: (module, name).
_CLASSES = (("torch", "Tensor"),)

#: Names of ``sys`` that are the capturing's own business.
_STREAMS = ("stdout", "stderr", "stdin", "displayhook", "excepthook")


def snapshot() -> Callable[[], None]:
    """Remember names of modules, attributes of classes and limits of the interpreter.

    Returns:
        A function that puts them back. It uses no builtin and no global name: they may be gone.
    """
    modules = [(vars(module), dict(vars(module))) for name in _MODULES if (module := sys.modules.get(name)) is not None]
    for _names, before in modules:
        for stream in _STREAMS:
            before.pop(stream, None)
    classes: list[tuple[Any, dict[str, Any], set[str]]] = [
        (found, dict(vars(found)), {name for base in found.__mro__[1:] for name in vars(base)})
        for module, name in _CLASSES
        if (found := vars(sys.modules[module]).get(name) if module in sys.modules else None) is not None
    ]
    limit, set_limit, set_trace, set_profile = (
        sys.getrecursionlimit(), sys.setrecursionlimit, sys.settrace, sys.setprofile,
    )  # fmt: skip
    trace, profile = sys.gettrace(), sys.getprofile()
    set_attribute, delete_attribute = type.__setattr__, type.__delattr__

    def restore() -> None:
        set_limit(limit)
        set_trace(trace)
        set_profile(profile)
        for names, before in modules:
            # Names that were added stay: a lazy library adds its own.
            names.update(before)
        for kind, before, inherited in classes:
            now = kind.__dict__
            for name in before:
                if name not in now or now[name] is not before[name]:
                    set_attribute(kind, name, before[name])
            for name in inherited:
                if name in now and name not in before:
                    delete_attribute(kind, name)

    return restore
