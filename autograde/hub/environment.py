"""Build the environment variables that make a child process use a local Hub and none of the user's own settings.

git, git-lfs, ``hf``, ``huggingface_hub`` and ``transformers`` read environment variables when they start. Only this
module sets them; ``settings.PERSONAL_VARIABLES`` lists those that it removes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograde import settings
from autograde.files import private_folder

#: The git configuration of a client: an identity, LFS filters, and a credential store next to the configuration.
GITCONFIG = """\
# Written by the kit for this folder only; your own git configuration is neither read nor changed.
[user]
\tname = {name}
\temail = {email}
[init]
\tdefaultBranch = main
# Without these two git would still read the person's own ignore and attributes files: a line there may hide a model.
[core]
\texcludesFile = /dev/null
\tattributesFile = /dev/null
[credential]
\thelper = store --file='{credentials}'
[filter "lfs"]
\tclean = git-lfs clean -- %f
\tsmudge = git-lfs smudge -- %f
\tprocess = git-lfs filter-process
\trequired = true
[push]
\tdefault = simple
[advice]
\tdetachedHead = false
"""


def client_environment(
    endpoint: str,
    home: Path,
    *,
    name: str = "learner",
    email: str = "learner@localhost",
    base: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the environment of a process that uses the Hub at ``endpoint`` and keeps its state in ``home``.

    Args:
        endpoint: the Hub's URL, for example ``http://127.0.0.1:8960``.
        home: folder for the client's token, cache, git configuration and git credentials; created if missing. An
            existing git configuration is kept.
        name: author of commits made in this environment.
        email: the author's address.
        base: the environment to start from; this process's own if None. Personal variables are removed.

    Returns:
        A complete environment for ``subprocess``.
    """
    home = home.absolute()
    # Clients store tokens here, in files whose permissions they choose.
    private_folder(home)
    gitconfig = home / "gitconfig"
    if not gitconfig.exists():
        gitconfig.write_text(
            GITCONFIG.format(name=name, email=email, credentials=home / "git-credentials"), encoding="utf-8"
        )
    variables = dict(settings.environment() if base is None else base)
    # GIT_CONFIG_KEY_0, GIT_CONFIG_VALUE_0 and so on often hold a token in an extra header.
    numbered = [name for name in variables if name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"))]
    for personal in (*settings.PERSONAL_VARIABLES, *numbered):
        variables.pop(personal, None)
    variables |= {
        "HF_ENDPOINT": endpoint.rstrip("/"),
        "HF_HOME": str(home / "huggingface"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        # Otherwise transformers asks a Space on the internet to convert old weights.
        "DISABLE_SAFETENSORS_CONVERSION": "1",
        # In a notebook, a progress bar then breaks into lines. Otherwise it is wider than the page, with a scroll bar.
        "TQDM_DYNAMIC_NCOLS": "1",
        "GIT_CONFIG_GLOBAL": str(gitconfig),
        "GIT_CONFIG_NOSYSTEM": "1",
        # A notebook has no terminal: git must fail with a message instead of waiting for a password.
        "GIT_TERMINAL_PROMPT": "0",
    }
    for proxy in ("NO_PROXY", "no_proxy"):
        variables[proxy] = ",".join(
            dict.fromkeys([*filter(None, variables.get(proxy, "").split(",")), "127.0.0.1", "localhost"])
        )
    return variables
