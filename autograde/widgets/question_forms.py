"""Forms for a lesson's questions: predictions, which are saved, and a quiz, which is checked.

Answers are judged in :mod:`autograde.widgets.answers`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from autograde.i18n.translation import messages
from autograde.settings import language
from autograde.widgets.answers import (
    Answer,
    Feedback,
    as_html,
    as_text,
    asked,
    asked_as_html,
    check,
    in_words,
    typed_answer,
)
from autograde.widgets.notes import inline, note, plain
from autograde.widgets.predictions import Predictions
from autograde.widgets.question_bank import LessonQuestion
from autograde.widgets.step_sorter import StepSorter

_ = messages("widgets")

#: The class of a question, for its style sheet.
_CLASS = "autograde-question"

#: ipywidgets gives every choice one line: in a narrow window, a longer one would cover the next or lose its end.
_STYLE = f"""<style>
.{_CLASS} .widget-radio-box label, .{_CLASS} .widget-checkbox .widget-label-basic {{
  display: flex; align-items: baseline; height: auto; margin: 1px 0; line-height: 1.5; white-space: normal;
}}
.{_CLASS} .widget-radio-box input, .{_CLASS} .widget-checkbox input[type=checkbox] {{
  order: -1; flex: none; align-self: auto; height: auto; margin: 0 8px 0 1px; transform: translateY(2px);
}}
.{_CLASS} .widget-checkbox {{ height: auto; margin: 0 2px; }}
.{_CLASS} .widget-checkbox:last-child {{ margin-bottom: 10px; }}
</style>"""


class AnswerField(ipywidgets.VBox):
    """A question with its field: radio buttons, check boxes (several right answers), or a text field.

    Attributes:
        question: the question.
        choice: the radio buttons, or None.
        boxes: a check box for each choice; may be empty.
        line: the text field of an open question, or None.
    """

    def __init__(self, question: LessonQuestion, section: str, changed: Callable[[], None]) -> None:
        """Create the field; ``changed`` is called when the learner changes the answer."""
        self.question = question
        self.choice: ipywidgets.RadioButtons | None = None
        self.boxes: list[ipywidgets.Checkbox] = []
        self.line: ipywidgets.Text | None = None
        self._quiet = False
        tooltip = plain(asked(question, section))
        texts = [plain(each.text.in_language(language())) for each in question.choices]
        fields: list[ipywidgets.Widget]
        if question.kind != "choice":
            self.line = ipywidgets.Text(
                continuous_update=False,
                placeholder=_("a number, then Enter") if question.kind == "number" else _("your answer, then Enter"),
                tooltip=tooltip,
                layout={"width": "20em"},
            )
            fields = [self.line]
        elif question.several:
            self.boxes = [
                ipywidgets.Checkbox(description=text, indent=False, layout={"width": "auto"}) for text in texts
            ]
            fields = [ipywidgets.HTML(inline(_("More than one is right."))), *self.boxes]
        else:
            options = list(zip(texts, range(len(texts)), strict=True))
            self.choice = ipywidgets.RadioButtons(
                options=options, value=None, tooltip=tooltip, layout={"width": "auto", "max_width": "100%"}
            )
            fields = [self.choice]
        for field in filter(None, (self.choice, self.line, *self.boxes)):
            field.observe(lambda _change: None if self._quiet else changed(), names="value")
        super().__init__([ipywidgets.HTML(_STYLE + asked_as_html(question, section)), *fields])
        self.add_class(_CLASS)

    @property
    def answer(self) -> Answer | None:
        """The answer; None without one.

        Raises:
            ValueError: the question needs a number and this is not one; the message is for the learner.
        """
        if self.choice is not None:
            return None if self.choice.value is None else (int(self.choice.value),)
        if self.boxes:
            return tuple(position for position, box in enumerate(self.boxes) if box.value) or None
        assert self.line is not None
        return typed_answer(self.question, self.line.value) if self.line.value.strip() else None

    def show(self, answer: Answer) -> None:
        """Show an earlier answer."""
        self._quiet = True
        if self.choice is not None and isinstance(answer, tuple):
            self.choice.value = answer[0]
        elif isinstance(answer, tuple):
            for position, box in enumerate(self.boxes):
                box.value = position in answer
        elif self.line is not None:
            self.line.value = str(answer)
        self._quiet = False


class PredictionForm(ipywidgets.VBox):
    """A question to answer before running the code. The answer is saved, but not judged yet.

    Attributes:
        field: the question with its field.
        message: confirms that the prediction was saved.
    """

    def __init__(self, question: LessonQuestion, predictions: Predictions, section: str) -> None:
        """Create the form; ``predictions`` saves the answer, ``section`` is the lesson's."""
        self._predictions, self._section = predictions, section
        self.field = AnswerField(question, section, self._keep)
        self.message = ipywidgets.HTML(note("hint", _("Decide before you run the code. Any answer is welcome.")))
        if (earlier := predictions.find(question)) is not None:
            self.field.show(earlier)
            self.message.value = self._kept(earlier)
        super().__init__([self.field, self.message])

    def predict(self, answer: Answer) -> None:
        """Set the answer from code."""
        self.field.show(answer)
        self._keep()

    def _keep(self) -> None:
        question = self.field.question
        try:
            answer = self.field.answer
            if answer is None:
                return
            self._predictions.keep(question, answer)
        except ValueError as error:
            self.message.value = note("otherwise", str(error))
        except OSError as error:
            self.message.value = note(
                "refused", _("Your prediction could not be saved: {reason}.").format(reason=error.strerror or error)
            )
        else:
            self.message.value = self._kept(answer)

    def _kept(self, answer: Answer) -> str:
        line = _("You said: {answer}").format(answer=in_words(self.field.question, answer))
        return note("hint", line, _("You'll see below what really happens."))

    def __repr__(self) -> str:
        text = as_text(self.field.question, self._section)
        if (kept := self._predictions.find(self.field.question)) is not None:
            line = _("You said: {answer}").format(answer=plain(in_words(self.field.question, kept)))
            text = f"{text}\n{line}"
        return text

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the question as text, for places without widgets (nbconvert, a viewer)."""
        bundle = super()._repr_mimebundle_(**kwargs) or {"text/plain": repr(self)}
        bundle["text/html"] = as_html(self.field.question, self._section, answer=False)
        return bundle


class QuizItem(ipywidgets.VBox):
    """A question with a button that checks the answer.

    Attributes:
        field: the question with its field.
        button: checks the answer.
        message: the feedback.
    """

    def __init__(self, question: LessonQuestion, section: str) -> None:
        """Create the widget; ``section`` is the lesson's."""
        self.field = AnswerField(question, section, self._changed)
        self.button = ipywidgets.Button(description=_("Check"), icon="check")
        self.message = ipywidgets.HTML()
        self.button.on_click(lambda _button: self.check())
        super().__init__([self.field, self.button, self.message], layout={"margin": "0 0 0.8em"})

    def check(self) -> Feedback:
        """Check the answer, and show and return the feedback."""
        try:
            answer = self.field.answer
            feedback = (
                check(self.field.question, answer)
                if answer is not None
                else Feedback(None, _("Choose an answer first."))
            )
        except ValueError as error:
            feedback = Feedback(None, str(error))
        self.message.value = feedback._repr_html_()
        return feedback

    def _changed(self) -> None:
        self.message.value = ""


class Quiz(ipywidgets.VBox):
    """Several questions, each with a button that checks it.

    Attributes:
        items: the questions in order.
    """

    def __init__(self, questions: Sequence[LessonQuestion], section: str) -> None:
        """Create the widget; ``section`` is the lesson's."""
        self._section = section
        self._questions = list(questions)
        self.items: list[QuizItem | StepSorter] = [
            StepSorter(question, section) if question.kind == "order" else QuizItem(question, section)
            for question in questions
        ]
        super().__init__(self.items)

    def __repr__(self) -> str:
        asked = [as_text(question, self._section) for question in self._questions]
        return "\n\n".join(f"{number}. {text}" for number, text in enumerate(asked, start=1))

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the questions with folded answers, for places without widgets (nbconvert, a viewer)."""
        bundle = super()._repr_mimebundle_(**kwargs) or {"text/plain": repr(self)}
        bundle["text/html"] = "".join(as_html(question, self._section, answer=True) for question in self._questions)
        return bundle
