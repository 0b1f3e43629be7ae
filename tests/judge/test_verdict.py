"""A verdict as data, as text and as HTML, in both languages."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import autograde.judge
from autograde.errors import MalformedEvidence
from autograde.judge import SCHEMA, Evidence, Reply, Verdict, judge, our_fault, to_html, to_score, to_text
from autograde.judge.messages import Message, verbatim
from autograde.judge.observation import Raised, dumps, listed, loads
from autograde.judge.verdict import READABLE, VERSION
from autograde.questions import assignments, question

SEGMENT_IDS = question("2.6", "segment_ids")
HOSTILE = "</div><script>alert('x')</script> {braces} `ticks`"


def verdicts() -> list[Verdict]:
    found = []
    for seed in (None, "1"):
        for asked in (each for section in ("1", "2.6") for each in assignments()[section]):
            cases = asked.cases(seed)
            oracle = [Reply(asked.oracle(case), printed=HOSTILE) for case in cases]
            models = [[Reply(model(case)) for case in cases] for each in asked.misconceptions for model in each.models]
            raised = [Reply(Raised("ValueError", HOSTILE, HOSTILE))] * len(cases)
            found += [
                judge(asked, Evidence(asked.kind, asked.kind, tuple(replies)), seed)
                for replies in (oracle, raised, *models)
            ]
            found += [judge(asked, Evidence("missing"), seed), judge(asked, Evidence("other", HOSTILE), seed)]
            found += [our_fault(asked, seed, HOSTILE)]
    return found


VERDICTS = verdicts()


def test_json_matches_the_schema_and_is_read_back_unchanged() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for verdict in VERDICTS:
        value = loads(dumps(verdict.to_json()))
        validator.validate(value)
        assert Verdict.from_json(value) == verdict


def test_schema_describes_exactly_the_fields_of_a_verdict() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(VERDICTS[0].to_json()) == set(schema["required"])


def form(schema: object) -> object:
    """Return a schema without its descriptions, which may change within a version."""
    if isinstance(schema, dict):
        return {key: form(value) for key, value in schema.items() if key != "description"}
    return [form(each) for each in schema] if isinstance(schema, list) else schema


#: Version → SHA-256 of its schema. A changed schema needs a new version, a new line here, and support for the old
#: version in ``Verdict.from_json``.
PUBLISHED = {
    2: "1dd38fbcad79e60c4a9d55dd39a5850b95fbec9942c6fba78b6bf9a8fd93f29f",
}


def test_schema_does_not_change_without_a_new_version() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["properties"]["version"] == {"const": VERSION}
    assert hashlib.sha256(dumps(form(schema)).encode()).hexdigest() == PUBLISHED[VERSION]
    assert max(PUBLISHED) == VERSION
    assert VERSION in READABLE


def test_verdict_of_version_1_is_still_read() -> None:
    for verdict in VERDICTS:
        value: Any = loads(dumps(verdict.to_json() | {"version": 1}))
        for item in value["items"]:
            del item["remark"]
        if value["difference"] is not None:
            del value["difference"]["findings"]
        found = Verdict.from_json(value)
        assert (found.outcome, found.points, found.summary) == (verdict.outcome, verdict.points, verdict.summary)
        assert all(item.remark is None for item in found.items)
        assert found.difference is None or found.difference.findings == ()
        assert found.version == VERSION


@pytest.mark.parametrize(
    "value", [None, [], {}, {"version": 3}, {"version": 2}, {"version": 1}, {"version": 1, "outcome": "fine"}]
)
def test_other_json_is_rejected_as_a_verdict(value: object) -> None:
    with pytest.raises(MalformedEvidence):
        Verdict.from_json(value)


@pytest.mark.parametrize("value", [None, {"text": "a"}, {"text": "a", "values": []}])
def test_other_json_is_rejected_as_a_message(value: object) -> None:
    with pytest.raises(ValueError, match="not a message"):
        Message.from_json(value)


def test_score_is_between_zero_and_the_possible_points() -> None:
    for verdict in VERDICTS:
        assert 0 <= to_score(verdict) <= verdict.possible
        assert repr(to_score(verdict)) == repr(float(repr(to_score(verdict))))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_has_function_points_and_next_step(language: str) -> None:
    for verdict in VERDICTS:
        text = to_text(verdict, language)
        assert verdict.function in text
        if verdict.graded:
            assert text.count("\n") >= len(verdict.items)
        if verdict.next_step is not None:
            assert verdict.next_step.in_language(language) in text
        if verdict.misconception is not None:
            assert verdict.misconception.explanation.in_language(language) in text


def test_chinese_text_has_no_english_sentences() -> None:
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", (Reply(listed(1)),) * 6))
    assert "应有" in to_text(verdict, "zh")
    # Remaining Latin letters are names, not sentences.
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", to_text(verdict, "zh"))


def test_reason_that_loses_several_items_is_shown_once() -> None:
    """One wrong line in exercise 2.3 was quoted five times, once per rubric item."""
    wrong = judge(SEGMENT_IDS, Evidence("function", "function", (Reply(listed(1)),) * 6), "1")
    reasons = [verbatim("the owner is wrong"), verbatim("the owner is wrong"), verbatim("another reason")]
    items = tuple(replace(wrong.items[0], remark=each) for each in reasons)
    for text in (to_text(replace(wrong, items=items), "en"), to_html(replace(wrong, items=items), "en")):
        assert text.count("the owner is wrong") == 1
        assert text.count("For the same reason as above.") == 1
        assert text.index("For the same reason as above.") < text.index("another reason")


class Checker(HTMLParser):
    """Records tags that are not closed, and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "zh"])
def test_html_is_well_formed_and_hostile_text_is_escaped(language: str) -> None:
    for verdict in VERDICTS:
        checker = Checker()
        checker.feed(to_html(verdict, language))
        assert checker.open == []
        assert "script" not in checker.tags
        assert f'lang="{language}"' in to_html(verdict, language)


def test_html_table_has_caption_and_headers() -> None:
    wrong = tuple(Reply(listed(*[0] * len(case.tokens))) for case in SEGMENT_IDS.visible)
    html = to_html(judge(SEGMENT_IDS, Evidence("function", "function", wrong)), "en")
    assert "<caption" in html
    assert html.count('scope="col"') == 4
    assert 'scope="row"' in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_next_step_is_the_last_paragraph_with_a_bold_label(language: str) -> None:
    wrong = tuple(Reply(listed(*[0] * len(case.tokens))) for case in SEGMENT_IDS.visible)
    html = to_html(judge(SEGMENT_IDS, Evidence("function", "function", wrong)), language)
    label = {"en": "<strong>Next step</strong>", "zh": "<strong>下一步</strong>"}[language]
    assert html.index("</table>") < html.index(label)
    assert "<p" not in html[html.index(label) :]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Read model.config.hidden_size now.", ["model.config.hidden_size"]),
        ("用 segment_ids 的 tolist()，或 int(...)。", ["segment_ids", "tolist()", "int(...)"]),
        ("with torch.no_grad(): the shape [1, 12, 768], not [SEP]", ["torch.no_grad()", "[1, 12, 768]", "[SEP]"]),
        ("by name: token_type_ids=...", ["token_type_ids=..."]),
        ("`a b_c` and b_c", ["a b_c", "b_c"]),
        ("Plain words, 3.5 of them (or more): a/b_c <x_y>.", []),
        ("one ` tick and a_b", []),
        ("变量 $HF_ENDPONT 没有设置过：$owner 不是 $OWNER。", ["$HF_ENDPONT", "$owner", "$OWNER"]),
    ],
)
def test_text_that_looks_like_code_is_shown_as_code(text: str, code: list[str]) -> None:
    html = to_html(replace(VERDICTS[0], summary=verbatim(text)), "en")
    assert re.findall(r"<code[^>]*>(.*?)</code>", html) == code


def test_chinese_word_in_place_of_a_number_has_no_spaces_around_it() -> None:
    wrong = (Reply(None),) * 6
    text = to_text(judge(SEGMENT_IDS, Evidence("function", "function", wrong)), "zh")
    assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", text)
    assert re.search(r"[\u4e00-\u9fff] \d", text)


def test_unattempted_answer_shows_no_crosses() -> None:
    for language in ("en", "zh"):
        for show in (to_text, to_html):
            assert "✗" not in show(judge(SEGMENT_IDS, Evidence("missing"), "1"), language)


def test_judge_imports_only_the_standard_library_numpy_errors_and_translation() -> None:
    folder = Path(autograde.judge.__file__).parent
    allowed = {"numpy", "autograde.errors", "autograde.i18n.translation"}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in names:
                first = name.split(".")[0]
                known = first in sys.stdlib_module_names or name.startswith("autograde.judge")
                assert known or name in allowed or first in allowed, f"{path.name} imports {name}"
                assert first not in {"time", "os", "socket", "secrets"}


def test_learners_modules_load_no_questions_and_questions_no_torch() -> None:
    program = (
        "import sys, autograde.exercises, autograde.runner.answers.calling\n"
        "assert 'autograde.questions' not in sys.modules\n"
        "import autograde.questions\n"
        "print([name for name in ('torch', 'transformers', 'IPython') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
