"""A verdict: the judge's result for one question, as data.

The JSON format is versioned and described by ``verdict.schema.json`` next to this module. It has no expected values
beyond the first difference, and its sentences are not tied to a language (see :mod:`autograde.judge.messages`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from autograde.errors import MalformedEvidence
from autograde.judge.messages import Message

#: Version of the JSON format, increased with every change of ``verdict.schema.json``, because readers reject unknown
#: fields. 1: no remarks on rubric items and no findings. 2: both, possibly null or empty.
VERSION = 2

#: Versions that :meth:`Verdict.from_json` reads; missing fields of older versions are empty.
READABLE = (1, VERSION)

#: The JSON Schema of the format.
SCHEMA = Path(__file__).with_name("verdict.schema.json")


class Outcome(StrEnum):
    """The five possible outcomes of a verdict."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    NOT_ATTEMPTED = "not-attempted"
    COULD_NOT_RUN = "could-not-run"
    OUR_FAULT = "our-fault"


@dataclass(frozen=True)
class ItemVerdict:
    """The verdict on one rubric item.

    Attributes:
        id: of the rubric item.
        about: description of the item.
        points: points given, all or none.
        possible: maximum points.
        passed: number of cases of this item that were right.
        cases: number of cases of this item.
        remark: why it is lost, if there is a reason specific to this item.
    """

    id: str
    about: Message
    points: float
    possible: float
    passed: int
    cases: int
    remark: Message | None = None


@dataclass(frozen=True)
class Row:
    """One position of the answer next to its token; ``""`` where the answer has no value."""

    position: int
    token: str
    expected: str
    got: str


@dataclass(frozen=True)
class Finding:
    """One row of the table of expected and found states; ``right`` tells whether they agree."""

    what: Message
    expected: Message
    seen: Message
    right: bool


@dataclass(frozen=True)
class FirstDifference:
    """The first difference of a wrong answer.

    Attributes:
        case: description of the case.
        text: the expected and the actual value, with the token.
        rows: the answer up to and including the first difference; empty for hidden cases.
        findings: the state of the Hub, for an answer that ran there; empty for hidden cases.
    """

    case: Message
    text: Message
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class NamedMisconception:
    """A known wrong answer that explains every reply; in a quiz, the first wrong choice."""

    id: str
    explanation: Message


@dataclass(frozen=True)
class Verdict:
    """The judge's result for one question.

    Attributes:
        question: the question's id, ``"2.6/segment_ids"``.
        function: the name of the learner's function, shown unchanged.
        outcome: one of the five.
        points: points given.
        possible: maximum points.
        items: the rubric items.
        graded: whether the cases were the graded ones; False for the visible ones of a self-check.
        summary: one sentence.
        difference: the first difference, if there is one to show.
        misconception: the known wrong answer, if one explains every reply.
        next_step: what to do next.
        noise: shortened output printed by the learner's code; for information, never a mistake.
        seed: seed of the cases; the same seed gives the same verdict.
    """

    question: str
    function: str
    outcome: Outcome
    points: float
    possible: float
    items: tuple[ItemVerdict, ...]
    graded: bool
    summary: Message
    difference: FirstDifference | None = None
    misconception: NamedMisconception | None = None
    next_step: Message | None = None
    noise: str = ""
    seed: str = ""
    version: int = field(default=VERSION)

    def to_json(self) -> dict[str, object]:
        """Return the verdict as a JSON value that matches ``verdict.schema.json``."""
        return {
            "version": self.version,
            "question": self.question,
            "function": self.function,
            "outcome": self.outcome.value,
            "points": self.points,
            "possible": self.possible,
            "graded": self.graded,
            "items": [
                {
                    "id": item.id,
                    "about": item.about.to_json(),
                    "points": item.points,
                    "possible": item.possible,
                    "passed": item.passed,
                    "cases": item.cases,
                    "remark": None if item.remark is None else item.remark.to_json(),
                }
                for item in self.items
            ],
            "summary": self.summary.to_json(),
            "difference": None
            if self.difference is None
            else {
                "case": self.difference.case.to_json(),
                "text": self.difference.text.to_json(),
                "rows": [[row.position, row.token, row.expected, row.got] for row in self.difference.rows],
                "findings": [
                    [finding.what.to_json(), finding.expected.to_json(), finding.seen.to_json(), finding.right]
                    for finding in self.difference.findings
                ],
            },
            "misconception": None
            if self.misconception is None
            else {"id": self.misconception.id, "explanation": self.misconception.explanation.to_json()},
            "next_step": None if self.next_step is None else self.next_step.to_json(),
            "noise": self.noise,
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, value: object) -> Verdict:
        """Return the verdict that :meth:`to_json` wrote, in any version of :data:`READABLE`.

        Raises:
            MalformedEvidence: ``value`` is not a verdict, or has another version.
        """
        try:
            if not isinstance(value, dict) or value["version"] not in READABLE:
                raise ValueError("another version")
            old = value["version"] == 1
            difference, misconception, step = value["difference"], value["misconception"], value["next_step"]
            return cls(
                question=value["question"],
                function=value["function"],
                outcome=Outcome(value["outcome"]),
                points=value["points"],
                possible=value["possible"],
                graded=value["graded"],
                items=tuple(
                    ItemVerdict(
                        **{
                            **item,
                            "about": Message.from_json(item["about"]),
                            "remark": None if old or item["remark"] is None else Message.from_json(item["remark"]),
                        }
                    )
                    for item in value["items"]
                ),
                summary=Message.from_json(value["summary"]),
                difference=None
                if difference is None
                else FirstDifference(
                    Message.from_json(difference["case"]),
                    Message.from_json(difference["text"]),
                    tuple(Row(*row) for row in difference["rows"]),
                    tuple(
                        Finding(Message.from_json(what), Message.from_json(expected), Message.from_json(seen), right)
                        for what, expected, seen, right in (() if old else difference["findings"])
                    ),
                ),
                misconception=None
                if misconception is None
                else NamedMisconception(misconception["id"], Message.from_json(misconception["explanation"])),
                next_step=None if step is None else Message.from_json(step),
                noise=value["noise"],
                seed=value["seed"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedEvidence(f"This is not a verdict of version {VERSION}: {error}.") from error
