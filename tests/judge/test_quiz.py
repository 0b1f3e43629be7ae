"""Quizzes: each wrong choice gets its reason, and the right choice is never shown."""

from __future__ import annotations

import pytest

from autograde import notebooks
from autograde.judge import Evidence, Outcome, Reply, judge, quiz, to_html, to_text
from autograde.judge.observation import Mapping, Observation, listed
from autograde.judge.quiz import QuizQuestion
from autograde.questions.introduction.answers import ITEMS, QUESTION
from autograde.questions.log_in.roles import QUESTION as ROLES
from autograde.settings import KIT

LANGUAGES = ["en", "zh"]
SOURCE = KIT / "source" / "1-introduction" / "1-introduction.ipynb"


def read(item: QuizQuestion, typed: str) -> Observation:
    """Return the choice read from a typed answer to ``item``."""
    return QUESTION.normal(QUESTION.visible[ITEMS.index(item)], typed)


def chosen(**changed: Observation) -> Evidence:
    right: dict[str, Observation] = {item.name: item.right for item in ITEMS}
    return Evidence("entries", "dict", tuple(Reply(value) for value in (right | changed).values()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_notebook_has_the_judges_questions_and_choices_in_both_languages(item: QuizQuestion, language: str) -> None:
    book = notebooks.one_language(notebooks.read(SOURCE), language)
    text = "\n".join(f"{cell.source}\n" for cell in book.cells if cell.cell_type == "markdown")
    asked = text[text.index(f"`{item.name}`** {item.text.in_language(language)}") :].split("\n\n")[1]
    choices = zip(item.letters, item.choices, strict=True)
    assert asked.splitlines() == [f"- **{letter}** {choice.text.in_language(language)}" for letter, choice in choices]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", [None, "1"])
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_wrong_choice_gets_its_reason_without_revealing_the_right_one(
    item: QuizQuestion, seed: str | None, language: str
) -> None:
    right = item.choices[item.letters.index(item.right)].text.in_language(language)
    for letter, choice in zip(item.letters, item.choices, strict=True):
        verdict = judge(QUESTION, chosen(**{item.name: letter}), seed)
        for shown in (to_text(verdict, language), to_html(verdict, language)):
            assert right not in shown
        if choice.reason is None:
            assert verdict.outcome is Outcome.CORRECT
            continue
        text = to_text(verdict, language)
        assert text.count(choice.reason.in_language(language)) == 1
        assert verdict.difference is not None
        assert verdict.difference.text.in_language("en") == f"{letter} is not the right choice"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "there is no choice yet"),
        # Quoted as typed, for example in capitals, with brackets, or with a Cyrillic letter.
        *[
            (value, f"‘{value}’ isn't one of the choices a, b, c, d: write one of these letters")
            for value in [
                "X",
                "(E)",
                "bd",
                "b, c",
                "a or b",
                "b. c",
                "е",
                "No",
                "",
                "a place or a library",
                2,
                True,
            ]
        ],
        (listed("b"), "‘['b']’ isn't one of the choices a, b, c, d: write one of these letters"),
        (
            Mapping((("b", 1),)),
            "a dictionary with the keys b isn't one of the choices a, b, c, d: write one of these letters",
        ),
    ],
)
@pytest.mark.parametrize("seed", [None, "1"])
def test_invalid_choice_is_quoted(value: Observation, sentence: str, seed: str | None) -> None:
    verdict = judge(QUESTION, chosen(hub=value), seed)
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == sentence
    assert verdict.misconception is None
    assert verdict.points == 4
    assert verdict.next_step is not None
    assert verdict.next_step.text.startswith("Write one letter and nothing else")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_letter_is_read_in_many_notations(item: QuizQuestion, language: str) -> None:
    for letter, choice in zip(item.letters, item.choices, strict=True):
        text, wide = choice.text.in_language(language), chr(ord(letter) - ord("a") + ord("ａ"))
        for typed in (
            letter, letter.upper(), f" {letter}", f"{letter} \n", f"{letter})", f"({letter})", f"{letter}.",
            f"[{letter}]",
            wide, wide.upper(), f"（{wide}）", f"{letter}、", f"**{letter}**", f"`{letter}`", f"“{letter}”", text,
            f"{letter}. {text}", f"{letter.upper()}: {text}", f"{letter} {text}", f"{letter}、{text}",
            f"{letter}. {text[: len(text) // 2]}",
        ):  # fmt: skip
            assert read(item, typed) == letter, typed


@pytest.mark.parametrize(
    ("typed", "letter"),
    [
        ("option c", "c"), ("Choice (b)", "b"), ("Answer: b", "b"), ("The answer is B.", "b"), ("I choose d", "d"),
        ("选 a", "a"), ("我选b", "b"), ("选项 C", "c"), ("答案：\uff22", "b"), ("b项", "b"), ("c!", "c"),
        ("c is correct", "c"),
        ("b, because people publish models there", "b"), ("b because people publish there", "b"),
        ("b，因为在那里发布模型", "b"),
        ("the company's chatbot", "c"),
        ("A place where people publish models", "b"),
        ("b 人们发布模型的地方", "b"),
        ("I'd say c", "c"), ("I think it's b", "b"), ("I would go with d", "d"), ("Opt. d", "d"), ("c.)", "c"),
        ("~d~", "d"), ("<c>", "c"), ("应选 c", "c"), ("正确答案：a", "a"), ("我认为是b", "b"), ("应该选 d", "d"),
        ("我选第二个", "b"), ("第2个", "b"), ("选第二项", "b"), ("最后一个", "d"), ("the second one", "b"),
        ("乙", "b"), ("选乙", "b"), ("我选丁。", "d"), ("②", "b"), ("选③", "c"), ("答案：②。", "b"), ("②对", "b"),
        ("② A place where people publish models", "b"), ("B.", "b"),
        ("option two", "b"), ("Option 2", "b"), ("3rd", "c"), ("die dritte", "c"), ("la segunda", "b"),
        ("Die Antwort ist b", "b"), ("Ich wähle B.", "b"), ("La réponse est b", "b"), ("je choisis b", "b"),
        ("La respuesta es b", "b"), ("opción b", "b"), ("ответ: b", "b"), ("肯定是b", "b"), ("我会选 b。", "b"),
        ("『B』", "b"), ("b\u200b", "b"), ("\ufeffb", "b"), ("- b", "b"), ("• b", "b"), ("→ b", "b"), ("b ✓", "b"),
        ("✅ b", "b"), ("ⓑ", "b"), ("⒝", "b"), ("hub: b", "b"), ("hub = b", "b"), ("Ans. b", "b"), ("b obviously", "b"),
        ("it must be b", "b"), ("b is my answer", "b"), ("correct answer - b", "b"), ("b (sure)", "b"), ("# b", "b"),
        ("b as people publish models there", "b"), ("I'm going with b", "b"), ("Answer: the first", "a"),
        ("选项二", "b"), ("答案三", "c"), ("第四个选项 d", "d"), ("the second, b", "b"), ("b (option 2)", "b"),
        ("b ②", "b"), ("应当选 d", "d"), ("🅱", "b"), ("b # to publish", "b"), ("publish models (b)", "b"),
        ("It is a place where people publish models", "b"), ("发布模型的地方", "b"), ("a library (d)", "d"),
        ("👉 b", "b"), ("b 😀", "b"), ("b👍🏽", "b"), ("b and not c", "b"), ("it's b and not a", "b"),
        ("not a, but b", "b"), ("b, not a", "b"), ("不是a，而是b", "b"), ("b rather than d", "b"),
        ("b instead of (d)", "b"), ("a rather than (b)", "a"), ("《b》", "b"), ("hub → b", "b"), ("only b", "b"),
        ("I am certain it is b", "b"),
        ("就选b", "b"), ("只有b对", "b"), ("这道题选b", "b"), ("yes, b", "b"), ("absolutely b", "b"),
        ("我确定是b", "b"), ("毫无疑问是b", "b"), ("Option #2", "b"), ("No. 2", "b"), ("b（发布模型的地方）", "b"),
        ("b, because a is a service and d a library", "b"), ("a place to publish models", "b"),
        ("models that people publish in a repository", "b"), ("Die Antwort lautet b", "b"),
        ("b (place to publish models)", "b"), ("選 b", "b"), ("應該選第二個", "b"), ("〈b〉", "b"),
        ("The Hub is a place where people publish models, each in a repository of its own, for others to download",
         "b"),
    ],
)  # fmt: skip
def test_clear_choice_is_read_in_any_wording(typed: str, letter: str) -> None:
    assert read(ITEMS[0], typed) == letter


@pytest.mark.parametrize(
    "typed",
    [
        "the second, c", "b 🤔", "❌ b", "👎 b", "选项二或三",
        "b, or maybe d", "c, perhaps d", "a (or b?)", "d - or maybe a", "c; not sure, perhaps d", "b?", "b\uff1f",
        "a, b", "a/b", "b and c", "b & c", "b和c", "b 或 c", "可能是 b", "b 还是 c", "both b and d", "not b",
        "probably b",
        "b is wrong", "b (c is possible too)", "I don't know", "d, 不确定", "ab", "a b",
        "两个都对", "neither", "A and B", "b不对", "b 是错的", "b, wrong", "b ✗", "b ❌", "~~b~~", "不是b", "除了b",
        "b吧", "b-ish",
        "b, doubtful", "b TODO", "TODO", "a repository", "a and b are right", "b oder c", "vielleicht b",
        "nicht b", "b, nicht sicher", "peut-être b", "pas b", "quizás b", "the first or the second", "not the second",
        "也許 b", "b 還是 c", "第一个或第二个", "不是第二个", "b, random", "all of the above", "anything but b",
        "neither a nor b",
        "option 5", "甲乙", "甲或乙", "不是乙", "②?", "②③", "不是②", "②不对", "b ③", "c 乙", "⑤", "2", "乙吧",
        "the 2nd, or b", "b, 估计", "都不对",
        "b, uncertain", "b (to check)", "b，待确认", "b 有问题", "b别选", "b 排除", "b暂定",
        "b, likely", "b, hopefully", "b I suppose", "b seems right", "b (TBD)", "b 待定", "b 拿不准", "b以外", "b除外",
        # A letter with the words of another choice.
        "b 聊天机器人", "b: a service that trains", "b都不对", "b 蒙的", "not a or b", "not b, not a",
        "b (wrong)", "b 2",
        # A letter in brackets at the end of a text that rejects it.
        "everything except (b)", "anything but (b)", "I rejected (b)",
        "I think a. It cannot be (b)", "a. I first thought it was (b)", "除了(b)",
    ],
)  # fmt: skip
def test_ambiguous_or_doubtful_answer_is_not_a_choice(typed: str) -> None:
    assert read(ITEMS[0], typed) == typed


def test_text_of_a_choice_is_read_only_for_its_own_question() -> None:
    place = ITEMS[0].choices[1].text.in_language("en")
    assert read(ITEMS[0], place) == "b"
    for item in ITEMS[1:]:
        assert read(item, place) == place
    assert read(ITEMS[4], "账号 -> 登录 -> 仓库 -> 上传 -> 下载 -> 加载") == "c"
    assert read(ITEMS[3], "d weights, configuration") == "d"
    assert read(ITEMS[4], "1. account 2. log in 3. repository 4. upload 5. download 6. load") == "c"
    assert read(ITEMS[4], "account > login > repository > upload > download > load") == "c"
    assert read(ITEMS[4], "sign up, log in, create repository, upload, download, load") == "c"
    assert read(ITEMS[4], "register, login, create a repository, upload, download, load") == "c"
    assert read(ITEMS[4], "注册 → 登录 → 创建仓库 → 上传 → 下载 → 加载") == "c"
    for typed in ("readme", "It's the README.md", "README.md (for people)", "README.md file", "README.md，给人看的",
                  "README.md, it tells people what the model is for", "README.md：告诉人们模型的用途"):  # fmt: skip
        assert read(ITEMS[2], typed) == "a", typed
    for typed in ("README.md or LICENSE", "README.md for programs", "README.md, not LICENSE", "for people",
                  "README.md and LICENSE", "LICENSE 许可证"):  # fmt: skip
        assert read(ITEMS[2], typed) == typed
    for typed in ("A service on Hugging Face's machines", "一项在 Hugging Face 机器上算结果的服务"):
        assert read(ITEMS[1], typed) == "d", "another choice begins with Hugging"
    # Three words inside a choice, and one far from its start.
    assert read(ITEMS[1], "calls them all") == "c"
    assert read(ITEMS[1], "same way") == "same way"


def test_words_of_the_choices_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order of six steps has thousands of other names: each reading took 14 ms, also of a letter."""
    read(ITEMS[4], "c")
    monkeypatch.setattr(quiz, "words_of", None)
    assert read(ITEMS[4], "register, login, repo, upload, download, load") == "c"


def test_very_long_answer_is_read_quickly() -> None:
    for typed in ("应该" * 5_000 + "?", "the " * 5_000, "b " + "x" * 50_000):
        assert read(ITEMS[0], typed) == typed


@pytest.mark.parametrize(
    ("typed", "letter"),
    [("none", "a"), ("nothing", "a"), ("write_token", "c"), ("无", "a"), ("读", "b"), ("c 写", "c"),
     ("no token", "a"), ("read token", "b"), ("A write token", "c"), ("write", "c"), ("只读令牌", "b"), ("不需要", "a"),
     ("无需令牌", "a"), ("read-only token", "b"), ("写权限", "c"), ("no token needed", "a"),
     ("I need a read token", "b"), ("a token with read permission", "b"), ("read access token", "b"),
     ("需要读令牌", "b"), ("读token", "b"), ("write scope", "c"), ("the write one", "c"),
     ("写令牌就行", "c"), ("nothing needed", "a"), ("无需登录", "a"), ("doesn't need a token", "a"),
     ("不需要token", "a"), ("nothing at all", "a"), ("什么令牌都不用", "a"), ("不需要權杖", "a"),
     ("唯讀權杖", "b"), ("寫", "c"), ("寫入權杖", "c")],
)  # fmt: skip
def test_words_for_a_token_role_are_read_as_the_choice(typed: str, letter: str) -> None:
    assert ROLES.normal(ROLES.visible[0], typed) == letter


@pytest.mark.parametrize(
    "typed",
    [
        "a read token or a write token",
        "token",
        "a token",
        "any token",
        "需要",
        "需要令牌",
        "需要登录",
        "authentication",
        "read/write token",
        "not a read token",
        "no write token",
        "读写",
        "读写令牌",
        "?",
    ],
)
def test_words_for_two_token_roles_or_none_are_not_a_choice(typed: str) -> None:
    assert ROLES.normal(ROLES.visible[0], typed) == typed


def test_letter_with_the_text_of_another_choice_is_not_a_choice() -> None:
    first, second = (choice.text.in_language("en") for choice in ITEMS[0].choices[:2])
    for typed in (f"a. {second}", f"b) {first}", f"d {first}"):
        assert read(ITEMS[0], typed) == typed


def test_every_item_has_one_right_choice_and_its_own_misconceptions() -> None:
    assert sum(item.points for item in QUESTION.rubric) == 5
    names = [choice.misconception for item in ITEMS for choice in item.choices if choice.reason]
    assert len(set(names)) == len(names)
    for item in ITEMS:
        assert 3 <= len(item.choices) <= 4
        assert [bool(choice.misconception) for choice in item.choices] == [bool(c.reason) for c in item.choices]
    assert QUESTION.teaching.solution.count(": ") == len(ITEMS)
