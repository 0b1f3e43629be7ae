"""1: answers to the quiz. Each wrong one is right but for one question."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("1")


def _answers(**changed: str) -> str:
    """The learner's cell: the right choices but for those ``changed``."""
    choices = {"hub": "b", "transformers": "c", "card": "a", "repository": "d", "order": "c"} | changed
    return f"answers = {choices!r}\n"


def _wrong(misconception: str, **changed: str) -> WrongAnswer:
    return _SECTION.wrong("answers", misconception, " ".join(changed), _answers(**changed))


WRONG: tuple[WrongAnswer, ...] = (
    _wrong("hub-trains", hub="a"),
    _wrong("hub-is-a-chatbot", hub="c"),
    _wrong("hub-is-a-library", hub="d"),
    _wrong("transformers-is-the-hub", transformers="a"),
    _wrong("transformers-is-one-model", transformers="b"),
    _wrong("transformers-is-a-service", transformers="d"),
    _wrong("card-is-config", card="b"),
    _wrong("card-is-a-permit", card="c"),
    _wrong("only-weights", repository="a"),
    _wrong("training-data", repository="b"),
    _wrong("only-a-link", repository="c"),
    _wrong("repository-before-login", order="a"),
    _wrong("upload-before-repository", order="b"),
    _wrong("download-before-upload", order="d"),
    # Two wrong choices: the first of them names the verdict, and both have their reasons.
    _wrong("hub-trains", hub="a", order="b"),
)

RIGHT: tuple[RightAnswer, ...] = (
    _SECTION.right("answers", "capitals, brackets and blanks", _answers(hub="B", transformers="c)", card=" a ")),
    _SECTION.right(
        "answers", "full width, with the choice's text",
        _answers(hub="（ｂ）", transformers="C. An open-source library", card="**a**", repository="ｄ、权重和配置"),
    ),
    _SECTION.right(
        "answers", "sentences",
        _answers(
            hub="b 大家发布模型的地方", transformers="Option C!", card="选 a", repository="Answer: d",
            order="account -> log in -> repository -> upload -> download -> load",
        ),
    ),
    _SECTION.right("answers", "filled in later, with something more", """
        answers = dict.fromkeys(["hub", "transformers", "card", "repository", "order"], ...)
        answers |= {"hub": "b", "transformers": "c", "card": "a", "repository": "d", "order": "c", "mine": "?"}
    """),
)  # fmt: skip
