"""A class in a JupyterHub: one Hub for everybody, lessons in each person's folder, and nbgrader's exchange.

What differs from class to class is read from the environment:

CLASS_ADDRESS   what people type into the browser, with no slash at the end
CLASS_DATA      the folder of the Hub's data and of the exchange
CLASS_TEACHERS  names of those who see /services/hf/classroom
CLASS_CHINESE   names of those who learn in Chinese; everybody else learns in English
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

# Who may log in: everybody whom the authenticator knows. The default one knows the machine's own accounts.
c.Authenticator.allow_all = True
c.Authenticator.admin_users = set(TEACHERS)

# Links in lessons and mails begin with this address. Behind HTTPS it is not the one that the proxy listens on.
c.JupyterHub.public_url = f"{ADDRESS}/"
c.JupyterHub.bind_url = os.environ.get("CLASS_BIND", ADDRESS)

# One Hub for the class, with its own accounts. Browsers reach it at /services/hf, programs beside it by its port.
hub = [sys.executable, "-m", "autograde", "hub", "serve", "--models", "--data", str(DATA / "hub"), "--port", PORT]
hub += ["--public-url", f"{ADDRESS}/services/hf", "--frame", ADDRESS]
hub += [word for name in TEACHERS for word in ("--teacher", name)]
c.JupyterHub.services = [{"name": "hf", "url": f"http://127.0.0.1:{PORT}", "command": hub, "display": True}]

# Where people hand in. On one machine everybody must be able to write there, as nbgrader's own guide says.
exchange = DATA / "exchange"
exchange.mkdir(parents=True, exist_ok=True)
exchange.chmod(0o777)


def language(spawner: Spawner) -> str:
    """The language of a person's lessons."""
    return "zh" if spawner.user.name in CHINESE else "en"


# `start` brings the lessons up to date and starts Jupyter.
c.Spawner.cmd = [str(HERE / "start")]
c.Spawner.default_url = "/lab/tree/lessons/0-start-here.ipynb"
c.Spawner.environment = {
    "HF_ENDPOINT": f"http://127.0.0.1:{PORT}",
    "AUTOGRADE_PUBLIC_URL": f"{ADDRESS}/services/hf",
    "AUTOGRADE_LANGUAGE": language,
    "CLASS_EXCHANGE": str(exchange),
    "CLASS_COURSE": lambda spawner: f"hub-{language(spawner)}",
    # nbgrader_config.py, for everybody
    "JUPYTER_CONFIG_PATH": str(HERE / "nbgrader"),
}
# Lesson 2.6 loads a model of 118 MB twice: 1.5 GB are enough.
c.Spawner.mem_limit = "2G"
