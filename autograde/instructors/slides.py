"""Generate slides from the lessons: one HTML file per lesson and language, which needs no network.

A heading begins a slide, and a long part is split over several slides. A slide that is higher than the window gets
smaller letters. Without JavaScript, and on paper, slides are shown one below another. Answers stay folded until the
instructor opens them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from autograde import notebooks
from autograde.instructors.pages import from_code, from_markdown, page
from autograde.settings import KIT, LANGUAGES

#: Number of lines on a slide: of text with about ninety letters, or of code.
LINES = 17

#: Height of a picture, in lines.
PICTURE_LINES = 10

STYLE = """
.slide { box-sizing: border-box; min-height: 100vh; padding: 4vh 6vw 7vh;
  font-size: calc(clamp(1.1rem, 2.1vw, 2.1rem) * var(--size, 1));
  border-bottom: 1px solid #d9d6cc; position: relative; }
.slide h1 { font-size: 2em; } .slide h2 { font-size: 1.5em; margin-top: 0; color: #0b6650; }
.slide h3 { font-size: 1.2em; margin-bottom: .3em; }
.slide pre { font-size: .78em; white-space: pre-wrap; } .slide img { max-height: calc(62vh * var(--size, 1)); }
.slide .number { position: absolute; right: 2vw; bottom: 2vh; font-size: .6em; color: #56605b; }
.one .slide { display: none; border: none; } .one .slide.shown { display: block; }
@media print { .one .slide, .slide { display: block; min-height: 0; break-after: page; font-size: 15pt; } }
"""

SCRIPT = """
const slides = [...document.querySelectorAll('.slide')];
// Make letters and pictures smaller if the slide is too high. What would be too small to read scrolls instead.
function fit(slide) {
  for (const size of [1, .95, .9, .85, .8, .75, .7, .65, .6, .55, 1]) {
    slide.style.setProperty('--size', size);
    if (slide.offsetHeight <= innerHeight) return;
  }
}
let shown = Math.max(0, slides.findIndex(each => '#' + each.id === location.hash));
function show(number) {
  shown = Math.min(Math.max(number, 0), slides.length - 1);
  slides.forEach((each, i) => each.classList.toggle('shown', i === shown));
  fit(slides[shown]);
  history.replaceState(null, '', '#' + slides[shown].id);
  scrollTo(0, 0);
}
document.body.classList.add('one');
show(shown);
addEventListener('resize', () => fit(slides[shown]));
addEventListener('keydown', event => {
  if (event.target.closest('summary') && ['Enter', ' '].includes(event.key)) return;
  const step = {ArrowRight: 1, PageDown: 1, ' ': 1, Enter: 1, ArrowLeft: -1, PageUp: -1, Backspace: -1}[event.key];
  if (step) show(shown + step);
  else if (event.key === 'Home') show(0);
  else if (event.key === 'End') show(slides.length - 1);
  else return;
  event.preventDefault();
});
"""


@dataclass
class Slide:
    """A slide under construction.

    Attributes:
        heading: heading of its part of the lesson, as Markdown.
        html: its content.
        lines: its current number of lines.
    """

    heading: str
    html: list[str] = field(default_factory=list)
    lines: int = 0


def slides() -> Iterator[tuple[str, str]]:
    """Yield the name and text of the slides of each lesson in each language."""
    for path in sorted((KIT / "course").glob("*.ipynb")):
        for language in LANGUAGES:
            yield f"{path.stem}.{language}.html", lesson_slides(path, language)


def lesson_slides(path: Path, language: str) -> str:
    """Return the slides of one lesson in one language as an HTML document."""
    made: list[Slide] = []
    title = path.stem
    for cell in notebooks.one_language(notebooks.read(path), language).cells:
        if cell.cell_type == "code":
            _add(made, from_code(cell.source), len(cell.source.splitlines()) + 1)
            continue
        for part in _parts(cell.source):
            if heading := re.match(r"(#{1,3}) +(.+)", part):
                if heading[1] == "#":
                    title = heading[2]
                made.append(Slide(heading[0]))
            _add(made, from_markdown(part, path.parent), _lines(part))
    body = "\n".join(
        f'<section class="slide" id="slide-{number}">{"".join(each.html)}'
        f'<span class="number">{number} / {len(made)}</span></section>'
        for number, each in enumerate(made, 1)
    )
    return page(title, language, body, style=STYLE, script=SCRIPT)


def _parts(text: str) -> list[str]:
    """Split a cell's Markdown into parts before each heading, and between paragraphs if it is long.

    Code blocks and folded answers are not split.
    """
    pieces, in_code, folded = [""], False, 0
    for line in text.split("\n"):
        begins = bool(re.match(r"#{1,3} ", line))
        full = not line.strip() and _lines(pieces[-1]) > LINES // 2
        if not in_code and not folded and (begins or full) and pieces[-1].strip():
            pieces.append("")
        pieces[-1] += line + "\n"
        in_code ^= line.lstrip().startswith("```")
        folded += line.count("<details") - line.count("</details>")
    return [piece.strip("\n") for piece in pieces if piece.strip()]


def _add(made: list[Slide], html: str, lines: int) -> None:
    """Add ``html`` to the last slide, or to a new one with the same heading if that is full."""
    if not made:
        made.append(Slide(""))
    if made[-1].html and made[-1].lines + lines > LINES:
        level, _blank, words = made[-1].heading.partition(" ")
        again = f"<h2>{escape(words)} …</h2>" if level else ""
        made.append(Slide(made[-1].heading, [again], 2))
    made[-1].html.append(html)
    made[-1].lines += lines


def _lines(text: str) -> int:
    """Estimate the number of lines of a Markdown text."""
    count = text.count("![") * PICTURE_LINES
    for line in text.splitlines():
        wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in line)
        count += 1 + wide // 90 if line.strip() else 0
    return count
