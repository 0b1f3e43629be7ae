"""The Hub's refusals as sentences: what a client library raises, in the Hub's own words and with the next step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from autograde import settings
from autograde.errors import HubRefused, HubUnreachable
from autograde.i18n.translation import messages

_ = messages("widgets")


@contextlib.contextmanager
def in_the_hubs_words() -> Iterator[None]:
    """Inside this block an error of huggingface_hub becomes one of the kit.

    It is raised ``from None``: what stands behind it holds the request, and with it the token.

    Raises:
        HubRefused: the Hub said no, or nobody is logged in.
        HubUnreachable: the Hub does not answer.
    """
    import httpx2  # what huggingface_hub asks the Hub with; it comes with it
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        yield
    except LocalTokenNotFoundError:
        raise HubRefused(_("Nobody is logged in."), _("Log in first, as in lesson 2.2.")) from None
    except HfHubHTTPError as error:
        reason = error.server_message or str(error).splitlines()[0]
        raise HubRefused(
            _("The Hub answers: {reason}").format(reason=reason), _next_step(error.response.status_code)
        ) from None
    except httpx2.TransportError:
        raise HubUnreachable(
            _("No Hub answers at {endpoint}.").format(endpoint=settings.endpoint()),
            _("Start it again with `make learn`, then choose Kernel > Restart and run the first cell."),
        ) from None


def _next_step(status: int) -> str:
    if status == 401:
        return _("Copy the token once more, or make a new one on the Hub's page Access tokens.")
    if status == 403:
        return _("Changing something on the Hub needs a write token: log in with one, as in lesson 2.2.")
    return ""
