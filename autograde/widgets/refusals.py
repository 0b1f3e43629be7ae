"""Convert huggingface_hub's exceptions into errors of the kit, with the Hub's message and the next step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from autograde import settings
from autograde.errors import HubRefused, HubUnreachable
from autograde.i18n.translation import messages

_ = messages("widgets")


@contextlib.contextmanager
def in_the_hubs_words() -> Iterator[None]:
    """Convert errors of huggingface_hub inside this block.

    They are raised ``from None``, because the original exception contains the request with the token.

    Raises:
        HubRefused: the Hub refused the request, or there is no log-in.
        HubUnreachable: the Hub does not answer.
    """
    import httpx2  # huggingface_hub's HTTP client
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        yield
    except LocalTokenNotFoundError:
        raise HubRefused(_("You are not logged in."), _("Log in first, as in lesson 2.2.")) from None
    except HfHubHTTPError as error:
        reason = error.server_message or str(error).splitlines()[0]
        raise HubRefused(
            _("The Hub answers: {reason}").format(reason=reason), _next_step(error.response.status_code)
        ) from None
    except httpx2.TransportError:
        raise unreachable(settings.endpoint()) from None


def unreachable(endpoint: str | None) -> HubUnreachable:
    """Return the error for a notebook whose Hub does not answer."""
    return HubUnreachable(
        _("No Hub answers at {endpoint}.").format(endpoint=endpoint),
        _("Start it again with `make learn`, then choose Kernel > Restart Kernel and run the first cell."),
    )


def _next_step(status: int) -> str:
    if status == 401:
        return _("Copy the token again, or create a new one on the Hub's page Access tokens.")
    if status == 403:
        return _("Changes on the Hub need a write token. Log in with one, as in lesson 2.2.")
    return ""
