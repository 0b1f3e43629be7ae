"""Check the blanks that a learner fills in. The lesson continues even if one is empty or wrong."""

from __future__ import annotations

import re

from autograde.errors import UnusableQuestions
from autograde.i18n.translation import messages
from autograde.settings import language
from autograde.widgets.answers import Feedback, same
from autograde.widgets.question_bank import LessonQuestion

_ = messages("widgets")

#: Placeholder for a word that the learner has to write.
BLANK = "___"

#: The programs that a lesson writes before a blank.
_WITH_ITS_PROGRAM = re.compile(r"^(git lfs|git|hf)\s+(?=\S)", re.IGNORECASE)


def fill(question: LessonQuestion, given: object) -> tuple[str, Feedback]:
    """Return the right word, and feedback on the learner's word.

    Args:
        question: a text question with an answer.
        given: the learner's word; :data:`BLANK`, ``...`` or an empty text if there is none.

    Raises:
        UnusableQuestions: the question has no answer.
    """
    if question.kind != "text" or not isinstance(question.answer, str):
        raise UnusableQuestions(
            f"{question.section}.toml: {question.id}: only a text question with an answer can be a blank.",
            "Give it kind = 'text' and an answer.",
        )
    reason = (question.reason.in_language(language()),) if question.reason else ()
    typed = "" if given in (None, ..., BLANK) else str(given).strip()
    if not typed.strip("_. "):
        question_text = question.text.in_language(language())
        opening = _("The blank is still empty; the lesson goes on with `{answer}`.").format(answer=question.answer)
        return question.answer, Feedback(None, opening, (question_text,))
    # The program before the blank may be repeated: "git add" is right, too.
    if same(question, _WITH_ITS_PROGRAM.sub("", typed), question.answer):
        return question.answer, Feedback(True, _("Right: `{answer}`.").format(answer=question.answer), reason)
    opening = _("Not `{given}`; the lesson goes on with `{answer}`.").format(given=typed, answer=question.answer)
    return question.answer, Feedback(False, opening, reason)
