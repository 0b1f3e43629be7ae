"""A page of the Hub beside the notebook: a button for JupyterLab, and a link for everywhere else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

from autograde.i18n.translation import messages

_ = messages("widgets")

#: JupyterLab's own command that shows a page in a frame. By itself it puts the page into a new tab.
COMMAND = "help:open"

#: Run by the button where JupyterLab shows itself to the page (``autograde learn`` asks it to): the first page goes to
#: the right of the notebook, later ones beside the first.
_BESIDE = """\
const app = window.jupyterapp;
if (app) {
  event.stopPropagation();
  app.commands.execute(this.dataset.commandlinkerCommand, JSON.parse(this.dataset.commandlinkerArgs)).then(panel => {
    const before = window.autogradeHubPanel;
    const there = before && !before.isDisposed;
    app.shell.add(panel, 'main', there ? {ref: before.id, mode: 'tab-after'} : {mode: 'split-right'});
    window.autogradeHubPanel = panel;
  });
}"""


@dataclass(frozen=True)
class HubPanel:
    """A page of the Hub, to be opened beside the notebook.

    JupyterLab runs the command that a button names in ``data-commandlinker-command``; no code runs in the kernel, so
    that the panel opens while a push keeps the kernel busy. The frame has no cookies: it shows what a visitor sees who
    is not logged in. Pages with a form refuse to be framed; for them there is the link.

    Attributes:
        address: where a browser finds the page.
        title: the tab's title.
    """

    address: str
    title: str

    def __repr__(self) -> str:
        return _("On the Hub: {address}").format(address=self.address)

    def _repr_html_(self) -> str:
        arguments = escape(json.dumps({"url": self.address, "text": self.title}))
        beside = _("Open beside the notebook")
        tab = _("Open in a new browser tab: {title}").format(title=self.title)
        return (
            '<button type="button" class="jp-Button jp-mod-styled jp-mod-accept" '
            f'onclick="{escape(_BESIDE)}" data-commandlinker-command="{COMMAND}" '
            f'data-commandlinker-args="{arguments}">{escape(beside)}</button> '
            f'<a href="{escape(self.address)}" target="_blank" rel="noopener">{escape(tab)}</a>'
        )
