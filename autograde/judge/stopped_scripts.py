"""Messages about a script that had to be stopped."""

from __future__ import annotations

from autograde.judge.describing import describe
from autograde.judge.execution import STOPPED, Ending
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Other


def stopped(got: Observation) -> Message | None:
    """Return why a script was stopped; None for any other answer."""
    if not isinstance(got, Other) or got.type != STOPPED:
        return None
    why, seconds, running = _stop(got)
    match why:
        case Ending.TIME if running and not running.startswith("$"):
            return _(
                "the script did not end within {seconds} seconds and was stopped while `{command}` was running",
                seconds=seconds, command=running,
            )  # fmt: skip
        case Ending.TIME:
            return _("the script did not end within {seconds} seconds and was stopped", seconds=seconds)
        case Ending.PROCESSES:
            return _("the script started more and more programs at once and was stopped")
    return _("the script filled its folder with hundreds of megabytes and was stopped")


def what_came_of(got: Observation) -> Message:
    """Return the sentence about a script without a state of the Hub as its answer, usually because it was stopped."""
    return stopped(got) or describe(got)


def after_stop(got: Observation) -> Message | None:
    """Return what to do about a script that was stopped; None for any other answer."""
    if not isinstance(got, Other) or got.type != STOPPED:
        return None
    why, _seconds, running = _stop(got)
    match why:
        case _ if running.startswith("$"):
            return _(
                "The variable {name} isn't set, so bash puts nothing in its place, and a path that begins with it "
                "means another folder. Compare the variable names with those in the task, letter by letter.",
                name=running,
            )
        case Ending.TIME if running:
            return _(
                "Find the line with `{command}`. It may run for ever, wait for a computer that doesn't answer, or "
                "wait for someone to type a password or a message, which isn't possible here.",
                command=running,
            )
        case Ending.TIME:
            return _("Look for a loop that never ends: `while true`, or a condition that never changes.")
        case Ending.PROCESSES:
            return _("Look for a loop that starts programs with `&`, and for a function that calls itself.")
    return _("Look for a command that never stops writing, and for a folder that is copied into itself.")


def _stop(got: Other) -> tuple[str, str, str]:
    """Return the reason, the seconds until then, and the running command or a variable that is not set."""
    before, _colon, running = got.reason.partition(":")
    why, _blank, seconds = before.partition(" ")
    return why, seconds, running.strip().replace("`", "'")
