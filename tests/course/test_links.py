"""Links of lessons, exercises and pages: targets exist in a learner's folder, and nothing is loaded from a CDN."""

from __future__ import annotations

import itertools
import json
import posixpath
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

from autograde.session.workspace import contents
from autograde.settings import KIT

#: External sites to which a link may lead, because the course is about them. Nothing is fetched from them.
EXTERNAL = re.compile(r"https://(huggingface\.co|git-lfs\.github\.com/spec/v1|hf-mirror\.com)(/|$)")

#: Parts of addresses of content delivery networks.
CDN = re.compile(r"(?i)cdn|unpkg|jsdelivr|googleapis|gstatic|bootcdn|cloudflare")

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@cache
def workspace(language: str) -> dict[str, bytes]:
    """Return every file of a learner's folder."""
    found = dict(contents(KIT, language))
    assert sum(len(list(addresses(markdown(*file)))) for file in found.items()) > 10, "no links were found"
    return found


def markdown(name: str, content: bytes) -> str:
    """Return the Markdown of a page or of a notebook's cells."""
    if name.endswith(".ipynb"):
        cells = json.loads(content)["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return content.decode("utf-8") if name.endswith(".md") else ""


def addresses(text: str) -> Iterator[str]:
    """Yield the address of every link and image of a Markdown text, including those in HTML."""
    for token in MarkdownIt().enable("table").parse(text):
        for child in token.children or []:
            if child.type in ("link_open", "image"):
                yield str(child.attrs["href" if child.type == "link_open" else "src"])
    yield from re.findall(r'\b(?:href|src)="([^"]+)"', re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def anchors(text: str) -> set[str]:
    """Return the possible fragments: JupyterLab's ids of headings (spaces become hyphens), and ids in HTML."""
    tokens = MarkdownIt().parse(text)
    titles = [tokens[number + 1].content for number, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[*`_]", "", title).replace(" ", "-") for title in titles} | set(
        re.findall(r'\bid="([^"]+)"', text)
    )


@in_both_languages
def test_every_link_leads_to_a_file_and_a_heading_of_the_learners_folder(language: str) -> None:
    files = workspace(language)
    broken = []
    for name, content in files.items():
        for address in addresses(markdown(name, content)):
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
            )
            if target not in files and not any(each.startswith(f"{target}/") for each in files):
                broken.append(f"{name}: {address}")
            elif parts.fragment and unquote(parts.fragment) not in anchors(markdown(target, files[target])):
                broken.append(f"{name}: {address} (no such heading)")
    assert broken == []


@in_both_languages
def test_external_links_lead_only_to_sites_that_the_course_is_about(language: str) -> None:
    others = []
    for name, content in workspace(language).items():
        for address in addresses(markdown(name, content)):
            if urlsplit(address).scheme and not EXTERNAL.match(address):
                others.append(f"{name}: {address}")
    assert others == []


@in_both_languages
def test_no_file_of_the_learners_folder_names_a_cdn(language: str) -> None:
    named = []
    for name, content in workspace(language).items():
        if name.endswith((".ipynb", ".md", ".svg", ".html", ".css", ".js")):
            found = re.findall(r"https?://[^\s\"'<>)\\]+", content.decode("utf-8"))
            named += [f"{name}: {address}" for address in found if CDN.search(address)]
    assert named == []


@in_both_languages
def test_headings_of_every_notebook_begin_with_one_title_and_skip_no_level(language: str) -> None:
    for name, content in workspace(language).items():
        if name.endswith(".ipynb"):
            tokens = MarkdownIt().parse(markdown(name, content))
            levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
            assert levels.count(1) == 1, name
            assert levels[0] == 1, name
            assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), name
