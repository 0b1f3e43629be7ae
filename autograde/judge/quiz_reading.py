"""Read which choice of a quiz is meant: ``"B"``, ``"(b)"``, ``"option b"``, ``"选 b"``, ``"第二个"``, ``"②"``.

The words of a choice are accepted, too. An answer that names two choices, or expresses doubt, is not a choice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: The words of a choice, from :func:`words_of`, and its letter.
ChoiceWords = tuple[tuple[str, ...], str]

#: Decorative characters: quotation marks, bullets and arrows. Pictures such as ✓ and 👍 are ignored, too.
_AROUND = " \t\n'\"`*_~<>‘’“”「」『』《》〈〉〔〕‹›«»•·|#$=→"

#: Signs of a rejected choice. A text between two pairs of tildes is crossed out.
_REJECTED = re.compile(r"[?✗✘❌❎☒🚫👎🤔🤷❓×]|~~")

#: Words around a letter that only mark it as the choice.
_WORDS = """
    i i'd i'm i'll i've would will choose chose chosen choosing pick picked take took say go going went with for think
    believe vote select selected the my final right correct best answer ans choice option opt letter is it it's its
    that's that this one definitely definitivamente clearly surely certainly obviously sure of course must has have to
    be should am certain just only simply yes absolutely undoubtedly confident
    antwort die das ist ich wähle nehme glaube denke möglichkeit auswahl richtig richtige lösung natürlich sicher mit
    sicherheit buchstabe es lautet korrekt
    la le réponse reponse est c'est je choisis prends pense crois choix bonne lettre bien sûr
    respuesta es opción opcion elijo creo pienso letra correcta yo que risposta scelgo resposta escolho ответ вариант
""".split()

#: The same in Chinese, without spaces between the words.
_CHINESE = """
    我 的 选择 选项 选 应 当 该 答案 答 最终 正确 就是 是 为 会 要 认为 觉得 肯定 当然 一定 必须 显然 绝对 没错 无疑
    项 个 这 那 了 对 而 确定 毫无疑问 就 只 有 必 首 果断 百分百 本 此 道 题 没问题
""".split()

#: Words for the position of a choice, from 0; -1 is the last one.
_PLACES = {
    word: place
    for place, words in {
        0: "first 1st erste première premier primera 第一 第1 甲",
        1: "second 2nd zweite deuxième segunda 第二 第2 乙",
        2: "third 3rd dritte troisième tercera 第三 第3 丙",
        3: "fourth 4th vierte quatrième cuarta 第四 第4 丁",
        -1: "last letzte dernière última 最后一 最后",
    }.items()
    for word in words.split()
}
#: Circled numbers also name a position; normalization would turn them into plain numbers.
_CIRCLED = str.maketrans("①②③④", "甲乙丙丁")
#: Traditional characters of words that are read here or in a choice, and the simplified ones.
_TRADITIONAL = str.maketrans(
    "個為麼倉們會傳號後寫決準創別務發確種類練終結給絕網覺計認讓訓許訪證訴詞該誤說讀誰調賬帳過還這選鏈錯長問隨項須預題對層庫應"
    "開當錄擇斷無顯暫機權來沒電腦載與亂從樣條據語檔儲請設夠戶冊興擁註",
    "个为么仓们会传号后写决准创别务发确种类练终结给绝网觉计认让训许访证诉词该误说读谁调账账过还这选链错长问随项须预题对层库应"
    "开当录择断无显暂机权来没电脑载与乱从样条据语档储请设够户册兴拥注",
)
#: Words that are others in Taiwan and Hong Kong, written in simplified characters.
_OTHER_WORDS = {
    "权杖": "令牌",
    "唯读": "只读",
    "登入": "登录",
    "载入": "加载",
    "建立": "创建",
    "储存库": "仓库",
    "账户": "账号",
}
#: Letters in a square, which have no normal form.
_SQUARED = str.maketrans("🅰🅱", "ab")
#: A number names a position only after one of these words; "2" alone is ambiguous.
_NUMBERED = re.compile(
    r"\b(option|choice|answer|number|no\.|antwort|réponse|opción|选项|答案)\s*#?\s*(one|two|three|four|[1-4一二三四])\b"
)
_NUMBERS = {
    word: place
    for place, words in enumerate(("one 1 一", "two 2 二", "three 3 三", "four 4 四"))
    for word in words.split()
}

#: A letter, with or without brackets.
_LETTER = r"[(\[{【<]*\s*(?<![a-z0-9'])([a-h])(?![a-z0-9'])\s*[)\]}】>]*"

#: Characters and words in an answer that is undecided or names several choices.
_UNDECIDED = re.compile(
    r"[?/]|\b(?:or|maybe|perhaps|probably|possibly|might|could|unsure|guess\w*|either|both|idk|else|alternatively"
    r"|random\w*|doubt\w*|todo|tbd|unclear|likely|hope\w*|presumably|apparently|suppose|assume|seems?|uncertain"
    r"|tentative\w*|check"
    r"|oder|vielleicht|wahrscheinlich|unsicher|vermutlich|peut-être|quizás?|tal vez"
    r"|probablement|probablemente)\b"
    r"|\b(?:not|isn't|don't|dont|no|nicht|pas) (?:quite |so |really |very |too )?"
    r"(?:sure|certain|know|idea|sicher|sûr|[b-z]\b)"
    r"|或|也许|可能|不确定|不知道|不清楚|还是|大概|似乎|好像|要么|不太|说不[定准]|猜|蒙|瞎|随便|随机|估计|吧"
    r"|待|暂|除|拿不准|以外|八成|多半|兴许|貌似|感觉|有误|有问题|别选|乱选|半信半疑|再看"
)

#: A rejected letter with the words before the chosen one: "not a, but b".
_NOT_THAT = re.compile(
    r"(?:\b(?:and|und|et)\s+)?(?:\b(?:not|nicht|pas|rather than|instead of)\s+|(?:不是|不选|并非)\s*)"
    r"[(\[]?(?:[b-h]|a(?!\s+(?!but\b|sondern\b|mais\b)[a-z]{2}))[)\]]?"
    r"(?=$|[\s,;.:。、])(?!\s*(?:or\b|and\b|[/或和与]))[\s,;.:。、]*(?:\b(?:but|sondern|mais)\b)?"
)

#: A letter in brackets after the words of its choice.
_LETTER_LAST = re.compile(r"(.*\S)\s*[(\[]([a-h])[)\]]\W*", re.DOTALL)

#: Words that may be left out.
_JOINING = frozenset({"and", "a", "an", "the", "和", "与", "及"})

#: Words that are ignored when an answer is compared with the words of the choices; each Chinese character is a word.
_NEUTRAL = frozenset(
    """
    it is its s i my own one we you that which with for to of has need needs needed required enough file token tokens
    access permission permissions scope people humans readers users
    一 个 份 我 你 它 是 的 给 让 看 用 需 要 就 够 了 有 文 件 人 们 类 者 户 令 牌 权 限 告 诉 说 明 行 即 可
""".split()
)

#: The beginning of a text after a letter that rejects this choice.
_WRONG = re.compile(
    r"(?:is |are |是)?[都全也]?(?:wrong|false|incorrect|not\b|no\b|never|falsch|faux|falso|错|不|非|没|x\b)"
)

#: Negations before a choice.
_NEGATED = re.compile(r"\b(?:not|no|never|without|nicht|kein\w*|pas)\b|n't\b|不|没")

#: The beginning of a reason.
_REASONS = ("because", "since ", "因为")

#: Another letter in the text after the first one; "a" before a word is an article.
_ANOTHER = re.compile(r"(?<![a-z0-9_'.])(?:[b-h]|a(?!\s+[a-z]{2}))(?![a-z0-9_'.])")

#: The beginning of a choice that is a negation: "No token."
_NO = ("no", "不")

#: Fewest letters, or Chinese characters, of a choice's words that identify the choice.
_FEWEST, _FEWEST_CHINESE = 4, 2
#: Number of letters of a choice's words that confirm the letter before them.
_LONG = 10
#: Part of a choice's words identifies it if they are among its first words, or at least this many.
_FIRST, _FIRST_CHINESE, _MANY, _MANY_CHINESE = 3, 6, 3, 5


def choice_of(
    typed: str, name: str, own: Sequence[ChoiceWords], short: Sequence[ChoiceWords], letters: str
) -> str | None:
    """Return the letter of the intended choice; None if it is unclear.

    Args:
        typed: the learner's text.
        name: the question's key in the learner's dictionary, which may precede the letter.
        own: the full text of each choice, in any language.
        short: alternative words for a choice, accepted if the learner writes nothing else.
        letters: the letters of the question's choices.
    """
    known = [*own, *short]
    for written in dict.fromkeys((typed, typed.translate(_CIRCLED))):
        meant = _letter_of(_normalized(written), name, own, known, letters)
        if meant is not None:
            return meant if meant in letters else None
    return None


def _normalized(typed: str) -> str:
    """Return the text in lower case and simplified Chinese, without invisible characters and rejected choices."""
    written = unicodedata.normalize("NFKC", "".join(each for each in typed if unicodedata.category(each) != "Cf"))
    written = "".join(each for each in written if not _is_picture(each) or _REJECTED.match(each) or each in "🅰🅱")
    written = written.translate(_TRADITIONAL)
    for word, usual in _OTHER_WORDS.items():
        written = written.replace(word, usual)
    return _NOT_THAT.sub(" ", written.translate(_SQUARED).lower().replace("’", "'"))


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) == "So" or sign in "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text without punctuation, numbers and articles.

    Each Chinese character is a word.
    """
    text = unicodedata.normalize("NFKC", text).lower().replace("_", " ")
    found = re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff_]+(?:\.\w+)*", text)
    # A number only numbers the steps of a list.
    return tuple(word for each in found if not (word := each.strip(".")).isdecimal() and word not in _JOINING)


def _letter_of(
    written: str,
    name: str,
    own: Sequence[ChoiceWords],
    known: Sequence[ChoiceWords],
    letters: str,
) -> str | None:
    if last := _LETTER_LAST.fullmatch(written):
        before = words_of(last[1])
        part = len(before) > 1 and any(_place(before, words) >= 0 for words, letter in own if letter == last[2])
        if part or last[2] in _by_words(last[1], own, known):
            written = f"{last[2]}: {last[1]}"
    rejected = _REJECTED.search(written) is not None
    bare = written.strip(_AROUND)
    if not rejected and (found := _alone(bare, name, letters)):
        return found
    if "?" in written:
        return None
    said = re.sub(rf"^{_filler(name)}|(?<=.)的\W*$", "", bare)
    spoken = (words_of(bare), words_of(said))
    found_before = re.fullmatch(
        rf"{_filler(name)}{_LETTER}"
        r"(\s*(?:[.:。、,;!#–—]|-(?=\s))+\s*|\s+|(?<=[)\]}】>])|(?=[(\[\u4e00-\u9fff]))(\S.*)",
        bare, re.DOTALL,
    )  # fmt: skip
    letter, sign, text = found_before.groups() if found_before else ("", "", "")
    words = words_of(text)
    same = (
        {its for own_words, its in known if own_words in (words, *spoken) and own_words}
        or _by_words(bare, own, known)
        or _by_words(said, own, known)
        or _by_own_words(bare, known)
    )
    if len(same) == 1:
        its_letter = next(iter(same))
        # "a" may be an article. Otherwise, the words must be those of the choice with the letter.
        return its_letter if letter in ("", its_letter) or (letter == "a" and not sign.strip()) else None
    if not text or rejected:
        return None
    if len("".join(words)) >= _LONG and any(_place(words, each) >= 0 for each, its in own if its == letter):
        return str(letter)
    # The letter of one choice is next to the words of another one.
    if (its := _by_words(text, own, known)) and letter not in its:
        return None
    if _UNDECIDED.search(text) or _WRONG.match(text.lstrip("( ")):
        return None
    # A reason may name the other choices.
    if not text.startswith(_REASONS) and _ANOTHER.search(text.replace(f"({letter})", "")):
        return None
    # "a place" also begins with a letter, so after a space, English text must continue with a reason.
    clear = sign.strip() or not text.isascii() or text.startswith((*_REASONS, "as ", "(")) or sign == ""
    return str(letter) if (clear or its == {letter}) and len("".join(words)) > 1 else None


def _filler(name: str) -> str:
    """Return the pattern of words and characters that only mark a choice."""
    latin = "|".join(re.escape(word) for word in sorted((*_WORDS, name.lower()), key=len, reverse=True))
    chinese = "|".join(sorted(_CHINESE, key=len, reverse=True))
    # The pattern must be unambiguous: otherwise a long text would take forever to match. A possessive `*+` would be as
    # fast, but does not match correctly before Python 3.11.5.
    return rf"(?:(?<![\w'])(?:{latin})(?![\w'])|{chinese}|[\s.!,:;。、()=>→*~\"'-])*"


def _alone(written: str, name: str, letters: str) -> str | None:
    """Return the letter of an answer that consists only of a letter or position and words that mark it."""
    filler = _filler(name)
    if found := re.fullmatch(rf"{filler}{_LETTER}{filler}", written):
        return str(found[1])
    places = [_NUMBERS[found[2]] for found in _NUMBERED.finditer(written)]
    rest = _NUMBERED.sub(" ", written)
    for word, place in _PLACES.items():
        rest, times = re.subn(word if word[0] in "第最甲乙丙丁" else rf"\b{word}\b", " ", rest)
        places += [place] * times
    if len(places) == 1 and (found := re.fullmatch(rf"{filler}(?:{_LETTER}{filler})?", rest)):
        meant = letters[places[0]] if places[0] < len(letters) else None
        return meant if found[1] in (None, meant) else None
    return None


def _by_words(text: str, own: Sequence[ChoiceWords], known: Sequence[ChoiceWords]) -> set[str]:
    """Return the letters of the choices with these words or a part of them, or whose full text is in the text."""
    words = words_of(text)
    if (same := {letter for each, letter in known if each == words}) or _UNDECIDED.search(text):
        return same
    latin = "".join(words).isascii()
    if len("".join(words)) < (_FEWEST if latin else _FEWEST_CHINESE):
        return set()
    first, many = (_FIRST, _MANY) if latin else (_FIRST_CHINESE, _MANY_CHINESE)
    # A part of a negation without the negation means the opposite.
    reach = {
        letter: place
        for each, letter in own
        if (place := _place(words, each)) == 0 or (place > 0 and each[0] not in _NO)
    }
    if parts := {letter for letter, place in reach.items() if place < first or len(words) >= many}:
        return parts
    negated = _NEGATED.search(text) is not None
    # A choice may itself begin with a negation: "No token."
    return {letter for each, letter in own if _place(each, words) >= 0 and (not negated or each[0] in _NO)}


def _by_own_words(text: str, known: Sequence[ChoiceWords]) -> set[str]:
    """Return the letters of the choices that have all words of the text, in any order, and one that no other has.

    Words in :data:`_NEUTRAL` don't count. One or two words are enough only if they begin the choice. A text with the
    first word of another choice, which may name that one, needs three other words. A choice that is a negation must be
    named by its own words in their order.
    """
    said = {word for word in words_of(text) if word not in _NEUTRAL}
    if not said or _UNDECIDED.search(text) or _NEGATED.search(text):
        return set()
    negations = {letter for words, letter in known if words[0] in _NO}
    vocabularies: dict[str, set[str]] = {}
    beginnings: dict[str, set[str]] = {}
    for words, letter in known:
        vocabularies.setdefault(letter, set()).update(words)
        beginnings.setdefault(letter, set()).add(words[0])

    def of_others(words: dict[str, set[str]], letter: str) -> set[str]:
        return set().union(*(each for its, each in words.items() if its != letter))

    return {
        letter
        for letter, vocabulary in vocabularies.items()
        if letter not in negations
        and said <= vocabulary
        and said - of_others(vocabularies, letter)
        and (
            len(sure := said - (of_others(beginnings, letter) - beginnings[letter])) >= _MANY
            or (sure == said and any(said & {*words[:_FIRST]} for words, its in known if its == letter))
        )
    }


def _place(part: tuple[str, ...], whole: tuple[str, ...]) -> int:
    """Return the word index at which ``part`` begins in ``whole``; -1 if it is not in it.

    The last of several words may have been cut off.
    """
    for place in range(len(whole) - len(part) + 1):
        found = whole[place : place + len(part)]
        if found == part or (len(part) > 1 and found[:-1] == part[:-1] and found[-1].startswith(part[-1])):
            return place
    return -1
