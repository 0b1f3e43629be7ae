"""Record a cell's outputs: convert the messages that an IPython kernel would send into notebook outputs."""

from __future__ import annotations

import io
import os
from typing import Any

from jupyter_client.session import Session

#: Largest output other than a stream, in bytes of JSON.
_LARGEST_DISPLAY = 1_000_000

#: Most outputs of one cell.
_MOST = 200


class Recorder:
    """The outputs of the current cell, limited in size.

    Args:
        longest: most characters of printed text kept per cell.
        descriptor: descriptor of the file to which descriptors 1 and 2 are redirected.
    """

    def __init__(self, longest: int, descriptor: int) -> None:
        self._longest, self._descriptor = longest, descriptor
        self._outputs: list[dict[str, Any]] = []
        self._displays: dict[str, list[dict[str, Any]]] = {}
        self._length = 0
        self._cut = False
        self._clear = False

    def take(self) -> tuple[list[dict[str, Any]], bool]:
        """Return the cell's outputs and whether some were cut off, and reset the recorder for the next cell."""
        self.read_descriptors()
        outputs, cut = self._outputs, self._cut
        self._outputs, self._length, self._cut, self._clear = [], 0, False, False
        return outputs, cut

    def write(self, name: str, text: str) -> None:
        """Add text of the stream ``stdout`` or ``stderr``."""
        self.read_descriptors()
        self._add_text(name, text)

    def read_descriptors(self) -> None:
        """Add the text that programs and C libraries wrote to descriptors 1 and 2."""
        size = os.fstat(self._descriptor).st_size
        if not size:
            return
        content = os.pread(self._descriptor, self._longest + 4, 0)
        os.ftruncate(self._descriptor, 0)
        self._cut = self._cut or size > len(content)
        self._add_text("stdout", content.decode("utf-8", "replace"))

    def message(self, kind: str, content: dict[str, Any]) -> None:
        """Add a message of the Jupyter protocol."""
        self.read_descriptors()
        if kind == "clear_output":
            self._clear = True
            if not content.get("wait"):
                self._clear_now()
        elif kind in ("display_data", "execute_result"):
            self._display(kind, content)
        elif kind == "update_display_data":
            name = str(content.get("transient", {}).get("display_id"))
            for shown in self._displays.get(name, ()):
                shown["data"], shown["metadata"] = content["data"], content["metadata"]
        elif kind == "error":
            trace = [line.rstrip("\n") for line in content["traceback"]]
            self._add(
                {"output_type": "error", "ename": content["ename"], "evalue": content["evalue"], "traceback": trace}
            )
        elif kind == "stream":
            self._add_text(str(content["name"]), str(content["text"]))

    def _display(self, kind: str, content: dict[str, Any]) -> None:
        size = sum(len(str(value)) for value in content["data"].values())
        if size > _LARGEST_DISPLAY:
            self._cut = True
            return
        output = {"output_type": kind, "data": content["data"], "metadata": content["metadata"]}
        if kind == "execute_result":
            output["execution_count"] = content["execution_count"]
        self._add(output)
        if name := content.get("transient", {}).get("display_id"):
            self._displays.setdefault(name, []).append(output)

    def _clear_now(self) -> None:
        self._outputs.clear()
        self._length, self._clear = 0, False

    def _add(self, output: dict[str, Any]) -> None:
        if self._clear:
            self._clear_now()
        if len(self._outputs) >= _MOST:
            self._cut = True
        else:
            self._outputs.append(output)

    def _add_text(self, name: str, text: str) -> None:
        if self._clear:
            self._clear_now()
        room = self._longest - self._length
        if len(text) > room:
            text, self._cut = text[:room], True
        self._length += len(text)
        if not text:
            return
        last = self._outputs[-1] if self._outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self._add({"output_type": "stream", "name": name, "text": text})


class RecordingSession(Session):
    """Passes the messages that a kernel would send to a :class:`Recorder`."""

    recorder: Recorder | None = None

    def send(  # type: ignore[override]  # the names of arguments that are not used
        self, _stream: Any, message: Any, content: Any = None, *_arguments: Any, **_named: Any
    ) -> None:
        """Record a message, given either complete or as its type and content."""
        kind = message["msg_type"] if isinstance(message, dict) else message
        if self.recorder is not None:
            self.recorder.message(kind, message["content"] if isinstance(message, dict) else content or {})


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` while cells run."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, recorder: Recorder, name: str) -> None:
        super().__init__()
        self._recorder, self.name = recorder, name

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that programs write to."""
        return 1 if self.name == "stdout" else 2

    def write(self, text: str) -> int:
        """Record the text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.write(self.name, text)
        return len(text)
