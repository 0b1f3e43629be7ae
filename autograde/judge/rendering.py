"""Render a verdict as text for terminals and nbgrader's feedback, as HTML for notebooks, or as a number of points."""

from __future__ import annotations

import re
from html import escape

from autograde.judge.messages import Message, _
from autograde.judge.reasons import reason
from autograde.judge.smaller_cases import SmallerCase
from autograde.judge.verdict import Finding, FirstDifference, ItemVerdict, Outcome, Verdict

#: The name of each outcome, because a colour alone is not accessible.
OUTCOMES = {
    Outcome.CORRECT: _("correct"),
    Outcome.INCORRECT: _("not yet right"),
    Outcome.NOT_ATTEMPTED: _("not attempted"),
    Outcome.COULD_NOT_RUN: _("could not be run"),
    Outcome.OUR_FAULT: _("the check itself failed; this is not your mistake"),
}

SYMBOLS = {
    Outcome.CORRECT: "✓",
    Outcome.INCORRECT: "✗",
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.COULD_NOT_RUN: "!",
    Outcome.OUR_FAULT: "?",
}

#: Colour of the bar at the side, for light and dark themes; the text keeps the theme's colours.
COLOURS = {
    Outcome.CORRECT: "#1a7f37",
    Outcome.INCORRECT: "#bc4c00",
    Outcome.NOT_ATTEMPTED: "#6e7781",
    Outcome.COULD_NOT_RUN: "#bc4c00",
    Outcome.OUR_FAULT: "#8250df",
}


#: MathJax, in JupyterLab and in nbgrader's feedback, renders text between two dollar signs as mathematics, but
#: "$HF_ENDPOINT/$OWNER" is not. It ignores elements with these classes: the first in MathJax 2, the second since 3.
_NO_MATHEMATICS = 'class="tex2jax_ignore mathjax_ignore"'


def number(points: float) -> str:
    """Format points: ``5``, ``2.5``."""
    return f"{points:g}"


def to_score(verdict: Verdict) -> float:
    """Return the points as the number that nbgrader reads from a cell's last expression."""
    return float(verdict.points)


def to_text(verdict: Verdict, language: str, *, explained: bool = False) -> str:
    """Return the verdict as plain text without a final newline.

    Args:
        verdict: the verdict.
        language: the reader's language.
        explained: whether the reader has just seen a self-check of the same answer: then only the points are shown.
    """
    lines = [f"{SYMBOLS[verdict.outcome]} {_headline(verdict).in_language(language)}"]
    for item, remark in _listed(verdict, explained=explained):
        lines.append(f"  {_symbol(verdict, item)} {_item(item).in_language(language)}")
        if remark is not None:
            lines.append(f"    {remark.in_language(language)}")
    if explained:
        return "\n".join([*lines, *(message.in_language(language) for message in _see_the_check(verdict))])
    lines.append(verdict.summary.in_language(language))
    found = (_difference(verdict), _misconception(verdict), _step(verdict))
    lines.extend(message.in_language(language) for message in found if message is not None)
    if verdict.difference is not None and verdict.difference.findings:
        lines.extend(_lines(verdict.difference.findings, language))
    if verdict.noise:
        lines.append(_noise_title(verdict).in_language(language))
        lines.extend(f"  | {line}" for line in verdict.noise.splitlines())
    return "\n".join(lines)


def to_html(verdict: Verdict, language: str, *, explained: bool = False) -> str:
    """Return the verdict as HTML that works without scripts and style sheets, in light and dark themes.

    The arguments are those of :func:`to_text`.
    """
    parts = [_opening(verdict, language)]
    if items := _listed(verdict, explained=explained):
        lines = "".join(
            f'<li><span aria-hidden="true">{_symbol(verdict, item)}</span> {_html(_item(item), language)}'
            f"{_remark(remark, language)}</li>"
            for item, remark in items
        )
        parts.append(f'<ul style="list-style:none;padding-left:.5em;margin:.3em 0">{lines}</ul>')
    if explained:
        parts += (f'<p style="{_LINE}">{_html(message, language)}</p>' for message in _see_the_check(verdict))
        return "".join([*parts, "</div>"])
    parts.append(f'<p style="{_LINE}">{_html(verdict.summary, language)}</p>')
    if (difference := _difference(verdict)) is not None:
        parts.append(f'<p style="{_LINE}">{_labelled(difference, language)}</p>')
    if verdict.difference is not None and verdict.difference.rows:
        parts.append(_rows(verdict.difference, language))
    if verdict.difference is not None and verdict.difference.findings:
        parts.append(_findings(verdict.difference.findings, language))
    if (misconception := _misconception(verdict)) is not None:
        parts.append(f'<p style="{_LINE}">{_labelled(misconception, language)}</p>')
    if (step := _step(verdict)) is not None:
        parts.append(f'<p style="{_BOX}">{_labelled(step, language)}</p>')
    if verdict.noise:
        title = _html(_noise_title(verdict), language)
        parts.append(f"<details><summary>{title}</summary><pre>{escape(verdict.noise)}</pre></details>")
    parts.append("</div>")
    return "".join(parts)


def sentence_to_html(message: Message, language: str) -> str:
    """Return a sentence as a paragraph in which code is formatted as such."""
    return f'<p {_NO_MATHEMATICS} lang="{language}" style="{_LINE}">{_html(message, language)}</p>'


def smaller_to_text(verdict: Verdict, smaller: SmallerCase, language: str) -> str:
    """Return the verdict as plain text with a smaller case in place of its details."""
    about, got, task = _smaller(smaller)
    lines = [f"{SYMBOLS[verdict.outcome]} {_headline(verdict).in_language(language)}", about.in_language(language)]
    lines.append(f"  {smaller.about.in_language(language)}")
    if smaller.tokens:
        lines.append(f"  {' '.join(smaller.tokens)}")
    return "\n".join([*lines, got.in_language(language), task.in_language(language)])


def smaller_to_html(verdict: Verdict, smaller: SmallerCase, language: str) -> str:
    """Return the verdict as HTML with a smaller case in place of its details."""
    about, got, task = _smaller(smaller)
    parts = [
        _opening(verdict, language),
        f'<p style="{_LINE}">{_html(about, language)}</p>',
        f'<p style="margin:.3em 0 .3em 1em"><code>{escape(smaller.about.in_language(language))}</code></p>',
    ]
    if smaller.tokens and not smaller.values:
        parts.append(f'<p style="margin:.3em 0 .3em 1em"><code>{escape(" ".join(smaller.tokens))}</code></p>')
    elif smaller.tokens:
        body = "".join(
            _row(str(place), escape(token), escape("".join(smaller.values[place : place + 1])), "?")
            for place, token in enumerate(smaller.tokens)
        )
        parts.append(_table((_("position"), _("token"), _("yours"), _("by hand")), body, language))
    if not smaller.values:
        parts.append(f'<p style="{_LINE}">{_labelled(got, language)}</p>')
    parts.append(f'<p style="{_BOX}">{_html(task, language)}</p>')
    return "".join([*parts, "</div>"])


def _opening(verdict: Verdict, language: str) -> str:
    """Return the start of the HTML: the bar at the side, and the headline."""
    colour = COLOURS[verdict.outcome]
    return (
        f'<div {_NO_MATHEMATICS} lang="{language}" '
        f'style="border-left:4px solid {colour};padding:.2em 0 .2em .8em;margin:.3em 0">'
        f'<p style="margin:.2em 0"><strong><span aria-hidden="true" style="color:{colour}">{SYMBOLS[verdict.outcome]}'
        f"</span> {_html(_headline(verdict), language)}</strong></p>"
    )


def _smaller(smaller: SmallerCase) -> tuple[Message, Message, Message]:
    return (
        _("You have made the same mistake three times. This is the smallest case that your answer gets wrong:"),
        _("Your answer: {got}", got=smaller.got),
        smaller.task,
    )


def _headline(verdict: Verdict) -> Message:
    outcome = OUTCOMES[verdict.outcome]
    if not verdict.graded:
        return _("{function}: {outcome}", function=verdict.function, outcome=outcome)
    return _(
        "{function}: {outcome}, {points} of {possible} points",
        function=verdict.function,
        outcome=outcome,
        points=number(verdict.points),
        possible=number(verdict.possible),
    )


def _noise_title(verdict: Verdict) -> Message:
    """Return the heading for printed output; for a right answer it adds that output is not a mistake."""
    if verdict.outcome is Outcome.CORRECT:
        return _("Printed while it ran (for information, not a mistake):")
    return _("Printed while it ran:")


def _symbol(verdict: Verdict, item: ItemVerdict) -> str:
    """Return the symbol of a rubric item; an answer that was not attempted is not marked as wrong."""
    lost = SYMBOLS[Outcome.NOT_ATTEMPTED if verdict.outcome is Outcome.NOT_ATTEMPTED else Outcome.INCORRECT]
    return SYMBOLS[Outcome.CORRECT] if item.points else lost


def _remark(remark: Message | None, language: str) -> str:
    """Return why the item is lost, for the line below it."""
    return f'<div style="margin-left:1.2em">{_html(remark, language)}</div>' if remark else ""


def _see_the_check(verdict: Verdict) -> tuple[Message, ...]:
    """Return the sentence in place of the reasons that a self-check gives; none if nothing is wrong yet."""
    if verdict.outcome in (Outcome.CORRECT, Outcome.NOT_ATTEMPTED):
        return ()
    # Not why: after the same mistake three times, a check shows a smaller case instead of the reasons.
    return (_("The check above says what to do next."),)


def _listed(verdict: Verdict, *, explained: bool) -> list[tuple[ItemVerdict, Message | None]]:
    """Return the items to show, each with its remark; in a self-check, which gives no points, only informative ones.

    If one mistake loses several items, its sentence is shown once; none if the reader has just seen a self-check.
    """
    if explained:
        return [(item, None) for item in verdict.items if verdict.outcome is not Outcome.NOT_ATTEMPTED]
    if not verdict.graded and not any(item.remark for item in verdict.items):
        return []
    listed: list[tuple[ItemVerdict, Message | None]] = []
    last = None
    for item in verdict.items:
        repeated = item.remark is not None and item.remark == last
        listed.append((item, _("For the same reason as above.") if repeated else item.remark))
        last = item.remark or last
    return listed


def _item(item: ItemVerdict) -> Message:
    if item.cases <= 1:
        return _(
            "{points} of {possible} points: {about}",
            points=number(item.points),
            possible=number(item.possible),
            about=item.about,
        )
    return _(
        "{points} of {possible} points: {about} ({passed} of {cases} cases)",
        points=number(item.points),
        possible=number(item.possible),
        about=item.about,
        passed=item.passed,
        cases=item.cases,
    )


def _difference(verdict: Verdict) -> Message | None:
    """Return the sentence about the first difference; None if there is none, or a rubric item already shows it."""
    difference = verdict.difference
    if difference is None or reason(difference.case, difference.text) in _remarks(verdict):
        return None
    if verdict.outcome is Outcome.COULD_NOT_RUN:
        return _("What happened ({case}): {text}.", case=difference.case, text=difference.text)
    return _("First difference ({case}): {text}.", case=difference.case, text=difference.text)


def _misconception(verdict: Verdict) -> Message | None:
    """Return the sentence about the misconception; None if there is none, or a rubric item already shows it."""
    if verdict.misconception is None or verdict.misconception.explanation in _remarks(verdict):
        return None
    return _("A common cause: {explanation}", explanation=verdict.misconception.explanation)


def _step(verdict: Verdict) -> Message | None:
    return None if verdict.next_step is None else _("Next step: {step}", step=verdict.next_step)


def _remarks(verdict: Verdict) -> set[Message | None]:
    return {item.remark for item in verdict.items}


#: Styles of a paragraph and of an emphasised one.
_LINE = "margin:.3em 0"
_BOX = "margin:.5em 0 .3em;padding:.35em .7em;background:rgba(128,128,128,.13);border-radius:3px"

_HEAD = "padding:.15em .8em;text-align:left"

#: Inline style of a table cell, because notebooks and nbgrader's feedback have different style sheets.
_CELL = "padding:.15em .8em;text-align:left;font-family:var(--jp-code-font-family,monospace)"


#: Style of a row with a wrong value.
_WRONG = "outline:2px solid #bc4c00;font-weight:bold"


def _table(names: tuple[Message, ...], body: str, language: str, caption: Message | None = None) -> str:
    """Return a table with the column headings ``names``."""
    head = "".join(f'<th scope="col" style="{_HEAD}">{_html(name, language)}</th>' for name in names)
    title = "" if caption is None else f'<caption style="text-align:left">{_html(caption, language)}</caption>'
    return (
        f'<table style="margin:.4em 2px;border-collapse:collapse">{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _row(first: str, *cells: str, wrong: bool = False) -> str:
    """Return a table row of HTML cells; the first one is the row's heading."""
    style = f' style="{_WRONG}"' if wrong else ""
    rest = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return f'<tr{style}><th scope="row" style="{_CELL};font-weight:inherit">{first}</th>{rest}</tr>'


def _rows(difference: FirstDifference, language: str) -> str:
    """Return a table with the answer next to its tokens, up to the first difference."""
    last = difference.rows[-1]
    body = "".join(
        _row(
            str(row.position), escape(row.token), escape(row.expected), escape(row.got) + " ◀" * (row is last),
            wrong=row is last,
        )
        for row in difference.rows
    )  # fmt: skip
    names = (_("position"), _("token"), _("expected"), _("yours"))
    return _table(names, body, language, _("Up to the first difference"))


def _lines(findings: tuple[Finding, ...], language: str) -> list[str]:
    """Return the table of expected and found states as lines of text."""
    lines = []
    for finding in findings:
        what, expected, seen = (m.in_language(language) for m in (finding.what, finding.expected, finding.seen))
        line = _("{what}: {expected}", what=what, expected=expected)
        if not finding.right:
            line = _("{what}: expected {expected}, found {seen}", what=what, expected=expected, seen=seen)
        lines.append(f"  {'✓' if finding.right else '✗'} {line.in_language(language)}")
    return lines


def _findings(findings: tuple[Finding, ...], language: str) -> str:
    """Return the findings on the Hub as a table; a wrong row is marked with a symbol and in bold."""
    body = "".join(
        _row(
            _html(finding.what, language), _html(finding.expected, language),
            f"{_html(finding.seen, language)} {'✓' if finding.right else '◀'}", wrong=not finding.right,
        )
        for finding in findings
    )  # fmt: skip
    return _table((_("what"), _("expected"), _("found")), body, language, _("What the check found"))


#: Text to format as code everywhere: a variable of the shell, a name with an underscore, a dotted name or a call of
#: one, a special token, and a shape, which must not be broken over two lines.
_CODE = re.compile(
    r"(?<![\w./@&#;:-])(?:\$[A-Za-z]\w*|"
    r"(?:[A-Za-z]\w*\.)+[A-Za-z]\w*\((?:\.\.\.)?\)|(?:[A-Za-z]\w*\.)*[A-Za-z]\w*_\w+(?:\.\w+)*(?:\((?:\.\.\.)?\)|=\.\.\.)?"
    r"|[a-z]\w*\((?:\.\.\.)?\)|\[(?:CLS|SEP|PAD|UNK|MASK)\]|\[\d+(?:, \d+)*\]"
    r")(?![\w/-])",
    re.ASCII,
)


def _html(message: Message, language: str) -> str:
    """Return the sentence as escaped HTML; text in backticks and text that looks like code becomes ``<code>``."""
    return _coded(escape(message.in_language(language)))


def _coded(text: str) -> str:
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(
        f"<code>{piece}</code>" if place % 2 else _CODE.sub(r'<code style="white-space:nowrap">\g<0></code>', piece)
        for place, piece in enumerate(pieces)
    )


def _labelled(message: Message, language: str) -> str:
    """Return the sentence with its beginning, up to a bracket or colon, in bold."""
    label, rest = re.match(r"([^(（:：]*)(.*)", escape(message.in_language(language)), re.DOTALL).groups()  # type: ignore[union-attr]  # fits every text
    return f"<strong>{label.rstrip()}</strong>{label[len(label.rstrip()) :]}{_coded(rest)}"
