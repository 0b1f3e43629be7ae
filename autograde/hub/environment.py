"""The environment of a client: all that a child process needs to live on a local Hub, and nothing of the person's own.

git, git-lfs, ``hf``, ``huggingface_hub`` and ``transformers`` are configured from outside by variables that they read
at import time; this is the one place that knows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograde import settings
from autograde.files import private_folder

#: The git configuration of a client: an identity, LFS filters, and a credential store beside the configuration.
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
    """The variables of a process that talks to the Hub at ``endpoint`` and keeps its state in ``home``.

    Args:
        endpoint: the Hub's URL, for example ``http://127.0.0.1:8960``.
        home: folder for the client's token, cache, git configuration and git credentials; made when missing. An
            existing git configuration in it is kept.
        name: author of commits made in this environment.
        email: the author's address.
        base: the environment to start from; this process's own when None. Personal variables are removed from it.

    Returns:
        A whole environment, to be handed to ``subprocess`` as it is.
    """
    home = home.absolute()
    # Tokens live in it, in files that the clients write with permissions of their own.
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
        # transformers would otherwise ask a Space on the internet to convert old weights.
        "DISABLE_SAFETENSORS_CONVERSION": "1",
        "GIT_CONFIG_GLOBAL": str(gitconfig),
        "GIT_CONFIG_NOSYSTEM": "1",
        # A notebook has no terminal: git must fail with a sentence, not wait for a password that nobody can type.
        "GIT_TERMINAL_PROMPT": "0",
    }
    for proxy in ("NO_PROXY", "no_proxy"):
        variables[proxy] = ",".join(
            dict.fromkeys([*filter(None, variables.get(proxy, "").split(",")), "127.0.0.1", "localhost"])
        )
    return variables
