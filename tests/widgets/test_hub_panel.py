"""The Hub panel: a button in JupyterLab, and a link for other programs."""

from __future__ import annotations

import json
import re
from html import unescape

from autograde.widgets.hub_panel import HubPanel


def test_the_button_names_jupyterlabs_command_and_the_page() -> None:
    shown = HubPanel("http://hub.example/ada/m?x=1&y=2", 'a "model"')._repr_html_()
    found = re.search(r'data-commandlinker-command="help:open" data-commandlinker-args="([^"]+)"', shown)
    assert found
    assert json.loads(unescape(found[1])) == {"url": "http://hub.example/ada/m?x=1&y=2", "text": 'a "model"'}
    assert 'href="http://hub.example/ada/m?x=1&amp;y=2"' in shown


def test_text_of_the_panel_is_the_address() -> None:
    assert repr(HubPanel("http://hub.example/ada/m", "ada/m")) == "On the Hub: http://hub.example/ada/m"
