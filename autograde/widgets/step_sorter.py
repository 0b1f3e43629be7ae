"""Steps to put in order (a Parsons puzzle): choose a step in the list, move it up or down, check.

It consists of a list box and two buttons. It works with Tab, arrow keys and Space alone, and screen readers announce
each move.
"""

from __future__ import annotations

import random
from typing import Any

import ipywidgets

from autograde.i18n.translation import messages
from autograde.settings import language
from autograde.widgets.answers import Feedback, as_html, as_text, asked, asked_as_html, check_order
from autograde.widgets.notes import inline, note, plain
from autograde.widgets.predictions import Predictions
from autograde.widgets.question_bank import LessonQuestion

_ = messages("widgets")

#: The class of all lists, and that of a list with commands. In JupyterLab's other letters, the dots and spaces of
#: ``/. .`` can't be read.
_STEPS, _COMMANDS = "autograde-steps", "autograde-commands"

#: Height of a step in em. It is set, because it depends on the fonts, and the list should end below its last step.
_ROW = 1.4

_STYLE = f"""<style>
.{_STEPS} option {{ box-sizing: border-box; height: {_ROW}em; line-height: {_ROW}; padding-block: 0; }}
.{_COMMANDS} select {{ font-family: var(--jp-code-font-family, monospace); }}
</style>"""


def shuffled(question: LessonQuestion) -> list[int]:
    """Return the steps' positions in an initial order, which is always the same and never the right one."""
    right = list(range(len(question.choices)))
    order, dice = right[:], random.Random(question.id)  # noqa: S311 - a puzzle, no secret
    while order == right:
        dice.shuffle(order)
    return order


def moved(order: list[int], place: int, by: int) -> list[int]:
    """Return the order after moving the step at ``place`` down by ``by`` places (up if negative), within the list."""
    target = min(max(place + by, 0), len(order) - 1)
    rest = order[:place] + order[place + 1 :]
    return [*rest[:target], order[place], *rest[target:]]


class StepSorter(ipywidgets.VBox):
    """A list of steps in the wrong order, to be sorted.

    Attributes:
        order: for each place, the position of its step in the right order.
        list: the steps; the selected one is moved.
        up, down: move the selected step.
        button: checks the order.
        message: the result of the check.
    """

    def __init__(self, question: LessonQuestion, section: str, predictions: Predictions | None = None) -> None:
        """Create the list; ``section`` is the lesson's, and ``predictions`` saves the first order that is checked."""
        self._question, self._section, self._predictions = question, section, predictions
        self.order = shuffled(question)
        self.list = ipywidgets.Select(
            rows=len(question.choices),
            tooltip=plain(asked(question, section)),
            layout={"width": "34em", "max_width": "100%"},
        )
        self.list.add_class(_STEPS)
        if any("`" in step for step in self._texts):
            self.list.add_class(_COMMANDS)
        # Set the height explicitly, because JupyterLab's list boxes show a scroll bar on the last row.
        self.list.layout.height = f"calc({_ROW * len(question.choices):g}em + 12px)"
        self.up = ipywidgets.Button(description=_("Move up"), icon="arrow-up")
        self.down = ipywidgets.Button(description=_("Move down"), icon="arrow-down")
        self.button = ipywidgets.Button(description=_("Check"), icon="check", button_style="primary")
        self.message = ipywidgets.HTML(note("hint", _("Choose a step in the list, then move it up or down.")))
        self.up.on_click(lambda _button: self.move(self._place, -1))
        self.down.on_click(lambda _button: self.move(self._place, 1))
        self.button.on_click(lambda _button: self.check())
        self._draw(0)
        super().__init__(
            [
                ipywidgets.HTML(_STYLE + asked_as_html(question, section)),
                ipywidgets.HBox([self.list, ipywidgets.VBox([self.up, self.down])], layout={"flex_flow": "row wrap"}),
                self.button,
                self.message,
            ]
        )

    def move(self, place: int, by: int) -> None:
        """Move the step at ``place``, counted from 0, down by ``by`` places (up if negative)."""
        step = self.order[place]
        self.order = moved(self.order, place, by)
        target = self.order.index(step)
        self._draw(target)
        message = _("“{step}” is now in place {place}.")
        self.message.value = note("hint", message.format(step=self._texts[step], place=target + 1))

    def check(self) -> Feedback:
        """Check the order, and show the feedback."""
        if self._predictions is not None and self._predictions.find(self._question) is None:
            self._predictions.keep(self._question, tuple(self.order))
        feedback = check_order(self._question, self.order)
        self.message.value = feedback._repr_html_()
        return feedback

    @property
    def _texts(self) -> list[str]:
        return [step.text.in_language(language()) for step in self._question.choices]

    @property
    def _place(self) -> int:
        return int(self.list.index or 0)

    def _draw(self, chosen: int) -> None:
        texts = list(map(plain, self._texts))
        # Send one message: between two, a fast learner's next key press would be lost.
        with self.list.hold_sync():
            self.list.options = [f"{place}. {texts[step]}" for place, step in enumerate(self.order, start=1)]
            self.list.index = chosen

    def __repr__(self) -> str:
        return "\n".join([as_text(self._question, self._section), *self.list.options])

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the steps with the folded right order, for places without widgets (nbconvert, a viewer)."""
        bundle = super()._repr_mimebundle_(**kwargs) or {"text/plain": repr(self)}
        items = "".join(f"<li>{inline(self._texts[step])}</li>" for step in self.order)
        bundle["text/html"] = f"<ul>{items}</ul>".join(_around(as_html(self._question, self._section, answer=True)))
        return bundle


def _around(page: str) -> tuple[str, str]:
    """Return a question's HTML before and after the position of its steps."""
    before, mark, after = page.partition("<details>")
    return before, mark + after
