"""How the Hub says no: one exception, turned into the real Hub's error shape in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response


def _marked(message: str) -> str:
    """A message that is translated where a person reads it; the API keeps English."""
    return message


class Refusal(Exception):
    """A request that cannot be answered as asked.

    Args:
        status: the HTTP status.
        message: a sentence for the person at the other end, with ``{names}`` where ``values`` are given.
        code: the real Hub's ``X-Error-Code``; clients choose their exception by it alone (hub-protocol, 1).
        headers: more headers.
        body: keys of the JSON body besides ``error``.
        values: what stands for the names in ``message``; so a page can say the same sentence in another language.
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
        self.status, self.message, self.code = status, self.said(str), code
        self.headers, self.body = headers or {}, body or {}
        super().__init__(self.message)

    def said(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of ``translate``."""
        text = translate(self._template)
        return text if self._values is None else text.format_map(self._values)

    def response(self, *, plain: bool) -> Response:
        """The answer: JSON for API clients; plain text for git, which shows it as ``remote: …``."""
        # Not needed where refusals are only raised and caught, as in LocalHub's own methods; costs 50 ms.
        from starlette.responses import JSONResponse, PlainTextResponse

        headers = {"X-Error-Message": _header(self.message), **self.headers}
        if self.code:
            headers["X-Error-Code"] = self.code
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Hub", charset="UTF-8"'
        if plain:
            return PlainTextResponse((self.message + "\n").encode("utf-8", "replace"), self.status, headers)
        # A file's name in it may be bytes that are no UTF-8.
        message = self.message.encode("utf-8", "replace").decode()
        return JSONResponse({"error": message, **self.body}, self.status, headers)


def _header(text: str) -> str:
    """``text`` as a header's value: one line of Latin-1."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).encode("latin-1", "replace").decode("latin-1")[:2000]
