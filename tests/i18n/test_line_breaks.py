"""Chinese paragraphs without unintended spaces."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from autograde.i18n.line_breaks import joined


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("任何名称运行它，\n而且想运行几次", "任何名称运行它，而且想运行几次"),
        ("模型\n卡片", "模型卡片"),
        ("**说明。**\n你自己的 Hub", "**说明。**你自己的 Hub"),
        ("返回全名。\n`repo_id` 就是它", "返回全名。`repo_id` 就是它"),
        ("- 第一项很长，\n  还没有完\n- 第二项", "- 第一项很长，还没有完\n- 第二项"),
        ("使用 `bash`\n运行", "使用 `bash`\n运行"),
        ("模型\nBERT", "模型\nBERT"),
        ("第一段。\n\n第二段。", "第一段。\n\n第二段。"),
        ("换行。  \n下一行", "换行。  \n下一行"),
        ("# 标题\n正文", "# 标题\n正文"),
        ("说明：\n- 一\n- 二", "说明：\n- 一\n- 二"),
        ("说明：\n1. 一", "说明：\n1. 一"),
        ("| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |", "| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |"),
        ("```\n第一行，\n第二行\n```\n正文，\n正文", "```\n第一行，\n第二行\n```\n正文，正文"),
        ("English,\nwords", "English,\nwords"),
    ],
)
def test_only_line_breaks_inside_chinese_sentences_are_removed(text: str, expected: str) -> None:
    assert joined(text) == expected
    assert joined(expected) == expected


@pytest.mark.parametrize("text", ["一，\n二\n\n- 三，\n四\n- 五", "> 引，\n> 文\n\n正\n文", "1. 甲，\n   乙\n2. 丙"])
def test_only_whitespace_changes_in_the_rendered_text(text: str) -> None:
    before, after = (MarkdownIt().render(each) for each in (text, joined(text)))
    assert "".join(before.split()) == "".join(after.split())
