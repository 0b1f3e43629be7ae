"""Runs when an IPython kernel of this environment starts, also in plain JupyterLab and VS Code.

Installing the package copies this file to the environment's folder ``etc/ipython/startup``; removing the package
removes it. It has no effect on notebooks that do not use the kit.
"""

from autograde.session.explained_errors import install as _install

_install()
del _install
