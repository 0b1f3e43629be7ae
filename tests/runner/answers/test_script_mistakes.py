"""Mistakes that are visible in a script's text."""

from __future__ import annotations

import pytest

from autograde.judge.script_reports import ScriptMistake
from autograde.runner.answers.script_mistakes import commands, mistakes, unknown, unused

NAMES = ("OWNER", "NAME", "MODEL_FOLDER")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('git clone "$HF_ENDPOINT/$OWNER/$NAME"', NAMES[2:]),
        ("# $OWNER and $NAME\ngit clone ${MODEL_FOLDER}", NAMES[:2]),
        ('python3 -c \'import os; print(os.environ["NAME"], os.environ["OWNER"])\'', NAMES[2:]),
        ("echo $OWNERS $USERNAME", NAMES),
    ],
)
def test_variable_counts_as_used_if_a_line_of_code_contains_it(script: str, expected: tuple[str, ...]) -> None:
    assert unused(script, NAMES) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('git clone "$HF_ENDPOINT/$owner/${Name}"', ("owner", "Name")),
        ("d=$(mktemp -d); cd $d; export e=$d; echo $e ${e:-x} $1 $? $RANDOM ${PIPESTATUS[0]}", ()),
        ("for f in *; do echo $f; done; while read -r a b; do echo $a $b; done < x", ()),
        ("python3 - <<'END'\nprint(1)\nEND\nawk '{print $x}' f; # $y\n# $z", ("y",)),
        ('if [ -n "$HF_ENDPIONT" ]; then :; fi', ("HF_ENDPIONT",)),
    ],
)
def test_variable_that_is_not_set_is_unknown(script: str, expected: tuple[str, ...]) -> None:
    assert unknown(script, {"HF_ENDPOINT": "", "OWNER": "", "NAME": ""}) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("!git clone x\n%cd y", ("notebook",)),
        ("if ! git clone x; then exit 1; fi\n[ $((7 %2)) ]", ()),
        ("$ git add .\n$ git commit", ("prompt",)),
        ("git add “$NAME”", ("typographic",)),
        ("git add 。", ("typographic",)),
        ("cd\u3000x；ls", ("typographic",)),
        ('git clone "￥HF_ENDPOINT/$OWNER／$NAME"', ("typographic",)),
        ("git commit -m '上传“模型”'; echo $? \"it’s\"", ()),
        ("git commit -m 上传模型（一）  # 提交。\necho 完成！\ncat <<END\n。\nEND", ()),
        ("git clone '$HF_ENDPOINT/$OWNER/$NAME'", ("quotes",)),
        ("cd '${NAME}'", ("quotes",)),
        ("git commit -m \"it's $NAME's\"; awk '{print $1}'", ()),
        ("git clone https://huggingface.co/$OWNER/$NAME", ("hub",)),
        ("git clone git@hf.co:$OWNER/$NAME; git push", ("hub",)),
        ("git lfs uninstall", ("lfs-off",)),
        ("import os\nos.system('git clone')", ("python",)),
        ("python3 - <<'END'\nimport os\nEND", ()),
        ("git add .\ngit push\ngit commit -m x", ("push-first",)),
        ("git commit -m x\ngit push\npopd", ()),
        ("pushd x\ngit commit -m x", ()),
        ("cp -r $MODEL_FOLDER/. .", ("unquoted",)),
        ("cd ${MODEL_FOLDER} && ls", ("unquoted",)),
        ('D=$MODEL_FOLDER; cp -r "$D/." . && cp "${MODEL_FOLDER}"/* .; echo $MODEL_FOLDERS', ()),
    ],
)
def test_mistakes_are_found_and_correct_lines_are_not(script: str, expected: tuple[str, ...]) -> None:
    assert mistakes(script, NAMES) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('git clone "$HF_ENDPOINT/$OWNER/$NAME"', ("clone",)),
        ("git pull x; git push", ("clone", "push")),
        ("git add .", ()),
        ("git -C x lfs pull", ("clone", "lfs")),
        ("# git push\necho pushed", ()),
    ],
)
def test_commands_are_found_outside_comments(script: str, expected: tuple[str, ...]) -> None:
    assert commands(script) == expected


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ('git clone {lesson.endpoint}/{name} "{clone}"', True),
        ('cp -r "{model_folder}/." .', True),
        ('git clone "$HF_ENDPOINT/${name}"', False),
        ("cp {config,vocab}.json x; find . -exec echo {} +; awk '{print}' f; f() { git push; }", False),
    ],
)
def test_a_lessons_variable_in_braces_is_of_a_notebook(script: str, found: bool) -> None:
    assert (ScriptMistake.NOTEBOOK in mistakes(script, NAMES)) is found
