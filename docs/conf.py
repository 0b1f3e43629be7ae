"""The documentation site: ``make docs`` builds it without network, and nothing in it is loaded from elsewhere.

For a quick look, ``make docs ARGS="-t unexecuted"`` leaves the lessons without outputs.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

project = "autograde"
author = "The authors of autograde"
copyright = author  # noqa: A001 - Sphinx's name
(_command,) = metadata.entry_points(group="console_scripts", name="autograde")
version = release = _command.dist.version if _command.dist else ""
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "included", "lessons"]
exclude_patterns = ["_build", "jupyter_execute", "**/.autograde", "**.ipynb_checkpoints"]
suppress_warnings = [
    "toc.not_included",
    "myst.header",  # a lesson's first heading may follow a picture
    "mystnb.unknown_mime_type",
    "misc.highlighting_failure",  # a lesson's shell lines among Python
]

# Markdown
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the extension `lessons` executes them, with a Hub
nb_merge_streams = True
myst_links_external_new_tab = False

# API
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = True
napoleon_use_ivar = True

# HTML: no font, script or style from another place.
html_theme = "furo"
html_title = "autograde"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": False}
html_math_renderer = "text"  # MathJax would come from elsewhere, and no page has a formula
