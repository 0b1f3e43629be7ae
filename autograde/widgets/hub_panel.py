"""Show a page of the Hub next to the notebook: a button for JupyterLab, and a link for other editors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

from autograde.i18n.translation import messages

_ = messages("widgets")

#: JupyterLab's command that shows a page in a frame. It opens a new tab.
COMMAND = "help:open"

#: Code for the button if JupyterLab exposes its application object, as with ``autograde learn``. It places the first
#: page to the right of the notebook, and later pages in tabs next to the first. A page that is open already is loaded
#: again in its tab; a second quick click waits for the first one.
_BESIDE = """\
const app = window.jupyterapp;
if (app) {
  event.stopPropagation();
  const command = this.dataset.commandlinkerCommand, page = JSON.parse(this.dataset.commandlinkerArgs);
  const pages = window.autogradeHubPages ??= {};
  const open = async () => {
    const shown = await Promise.resolve(pages[page.url]).catch(() => null);
    if (shown && !shown.isDisposed) {
      shown.content.url = page.url;
      app.shell.activateById(shown.id);
      return shown;
    }
    const panel = await app.commands.execute(command, page);
    const before = window.autogradeHubPanel;
    const there = before && !before.isDisposed;
    app.shell.add(panel, 'main', there ? {ref: before.id, mode: 'tab-after'} : {mode: 'split-right'});
    return window.autogradeHubPanel = panel;
  };
  pages[page.url] = open();
}"""


@dataclass(frozen=True)
class HubPanel:
    """A page of the Hub that can be opened next to the notebook.

    JupyterLab runs the command in the button's attribute ``data-commandlinker-command``. No code runs in the kernel, so
    the panel opens even while a push keeps the kernel busy. The frame has no cookies, so it shows the page as for a
    visitor. Pages with a form cannot be framed; the link opens them.

    Attributes:
        address: the page's URL for a browser.
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
