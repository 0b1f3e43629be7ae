"""The questions of the course, by assignment. They hold the right answers.

Nothing that runs in a sandbox beside a learner's code imports this package.
"""

from __future__ import annotations

from autograde.errors import UnknownQuestion
from autograde.judge.question import Question
from autograde.judge.questions import (
    create_repository,
    downloads,
    encode_pair,
    introduction,
    is_lfs_pointer,
    log_in,
    output_shapes,
    pad_pair,
    publish_and_load,
    roles,
    run_model,
    segment_ids,
    sign_up,
    to_tensors,
    upload_sh,
    write_then_read,
)

#: Section of the tutorial → its questions, in the notebook's order.
ASSIGNMENTS: dict[str, tuple[Question, ...]] = {
    "1": (introduction.QUESTION,),
    "2.1": (sign_up.QUESTION,),
    "2.2": (log_in.QUESTION, roles.QUESTION, write_then_read.QUESTION),
    "2.3": (create_repository.QUESTION,),
    "2.4": (upload_sh.QUESTION,),
    "2.5": (is_lfs_pointer.QUESTION, downloads.DOWNLOAD, downloads.REPAIR),
    "2.6": (
        encode_pair.QUESTION,
        segment_ids.QUESTION,
        to_tensors.QUESTION,
        run_model.QUESTION,
        output_shapes.QUESTION,
        pad_pair.QUESTION,
    ),
    "3": (publish_and_load.QUESTION,),
}


def question(section: str, function: str) -> Question:
    """The question about ``function`` in the assignment of ``section``.

    Raises:
        UnknownQuestion: there is none.
    """
    for each in ASSIGNMENTS.get(section, ()):
        if each.function == function:
            return each
    raise UnknownQuestion(
        f"There is no question {function!r} in section {section}.",
        "The notebook and the installed kit are of different versions: get both anew.",
    )


def assignment(section: str) -> tuple[Question, ...]:
    """The questions of a section, in the notebook's order.

    Raises:
        UnknownQuestion: the section has no exercise.
    """
    if section not in ASSIGNMENTS:
        raise UnknownQuestion(f"There is no exercise for section {section}.")
    return ASSIGNMENTS[section]
