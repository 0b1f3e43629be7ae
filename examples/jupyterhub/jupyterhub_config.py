"""A class in JupyterHub: one Hub for everyone, lessons in each user's folder, and nbgrader's exchange.

Settings are read from the environment:

CLASS_ADDRESS   JupyterHub's URL, as users type it into the browser, without a trailing slash
CLASS_DATA      folder for the Hub's data and the exchange
CLASS_TEACHERS  names of the users who can open /services/hf/classroom
CLASS_CHINESE   names of the users who learn in Chinese; all others learn in English
CLASS_HUB_PORT  the Hub's port on this machine
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub.spawner import Spawner

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub defines it

HERE = Path(__file__).resolve().parent
ADDRESS = os.environ.get("CLASS_ADDRESS", "http://127.0.0.1:8000")
DATA = Path(os.environ.get("CLASS_DATA", "class-data")).resolve()
TEACHERS = os.environ.get("CLASS_TEACHERS", "tina").split()
CHINESE = os.environ.get("CLASS_CHINESE", "").split()
PORT = os.environ.get("CLASS_HUB_PORT", "8960")

# Allow every user that the authenticator accepts; the default one accepts the accounts of this machine.
c.Authenticator.allow_all = True
c.Authenticator.admin_users = set(TEACHERS)

# Links in lessons and mails start with this URL. Behind HTTPS it differs from the one that the proxy listens on.
c.JupyterHub.public_url = f"{ADDRESS}/"
c.JupyterHub.bind_url = os.environ.get("CLASS_BIND", ADDRESS)

# One Hub for the class, with its own accounts. Browsers use it at /services/hf, programs on this machine at its port.
hub = [sys.executable, "-m", "autograde", "hub", "serve", "--models", "--data", str(DATA / "hub"), "--port", PORT]
hub += ["--public-url", f"{ADDRESS}/services/hf", "--frame", ADDRESS]
hub += [word for name in TEACHERS for word in ("--teacher", name)]
c.JupyterHub.services = [{"name": "hf", "url": f"http://127.0.0.1:{PORT}", "command": hub, "display": True}]

# Where learners submit. On a shared machine every user needs write access; see nbgrader's own guide.
exchange = DATA / "exchange"
exchange.mkdir(parents=True, exist_ok=True)
exchange.chmod(0o777)


def language(spawner: Spawner) -> str:
    """Return the language of a user's lessons."""
    return "zh" if spawner.user.name in CHINESE else "en"


# `start` updates the lessons and starts Jupyter.
c.Spawner.cmd = [str(HERE / "start")]
c.Spawner.default_url = "/lab/tree/lessons/0-start-here.ipynb"
c.Spawner.environment = {
    "HF_ENDPOINT": f"http://127.0.0.1:{PORT}",
    "AUTOGRADE_PUBLIC_URL": f"{ADDRESS}/services/hf",
    "AUTOGRADE_LANGUAGE": language,
    "CLASS_EXCHANGE": str(exchange),
    "CLASS_COURSE": lambda spawner: f"hub-{language(spawner)}",
    # the folder of nbgrader_config.py
    "JUPYTER_CONFIG_PATH": str(HERE / "nbgrader"),
}
# Lesson 2.6 loads a model of 118 MB twice: 1.5 GB are enough.
c.Spawner.mem_limit = "2G"
