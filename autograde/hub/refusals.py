"""The exception for refused requests, and its conversion into huggingface.co's error format."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response


class Refusal(Exception):
    """Raised when a request is refused.

    Args:
        status: the HTTP status.
        message: a sentence for the sender, with ``{placeholders}`` for ``values``.
        code: huggingface.co's ``X-Error-Code``, from which clients choose their exception.
        headers: additional headers.
        body: more keys of the JSON body, besides ``error``.
        values: values for the placeholders, kept separate so that pages can translate the message.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        headers: dict[str, str] | None = None,
        body: dict[str, object] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        self._template, self._values = message, values
        self.status, self.message, self.code = status, self.translated(str), code
        self.headers, self.body = headers or {}, body or {}
        super().__init__(self.message)

    def translated(self, translate: Callable[[str], str]) -> str:
        """Return the message, translated by ``translate``."""
        text = translate(self._template)
        return text if self._values is None else text.format_map(self._values)

    def response(self, *, plain: bool, lfs: bool = False) -> Response:
        """Return the response: JSON for API clients; plain text for git, which shows it as ``remote: …``.

        With ``lfs``, the reason is also under the key ``message``, the only one that git-lfs shows.
        """
        # This import takes 50 ms, and LocalHub's own methods only raise and catch refusals.
        from starlette.responses import JSONResponse, PlainTextResponse

        headers = {"X-Error-Message": _header(self.message), **self.headers}
        if self.code:
            headers["X-Error-Code"] = self.code
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Hub", charset="UTF-8"'
        if plain:
            return PlainTextResponse((self.message + "\n").encode("utf-8", "replace"), self.status, headers)
        # It may contain a file name that is not UTF-8.
        message = self.message.encode("utf-8", "replace").decode()
        keys = ("error", "message") if lfs else ("error",)
        return JSONResponse({**dict.fromkeys(keys, message), **self.body}, self.status, headers)


def _header(text: str) -> str:
    """Return ``text`` as a header value: one line of Latin-1."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).encode("latin-1", "replace").decode("latin-1")[:2000]
