"""The course's terms in English and Chinese, used consistently everywhere.

A test checks every message catalogue and every pair of cells of the lessons and exercises: if the English text uses a
term, the Chinese text must use one of the agreed words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class GlossaryTerm:
    """A term of the field.

    Attributes:
        english: its English forms, the singular first; plurals in ``s`` or ``es`` are implied.
        chinese: the agreed Chinese words, the usual one first; the others are for sentences in which it is clumsy.
        never: Chinese words used elsewhere that this course avoids.
    """

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    never: tuple[str, ...] = ()

    def pattern(self) -> re.Pattern[str]:
        """A regular expression that finds the term in an English text."""
        forms = "|".join(f"{'[ -]'.join(map(re.escape, form.split()))}(?:e?s)?" for form in self.english)
        return re.compile(rf"(?<![\w`./-])(?:{forms})(?![\w`])", re.IGNORECASE)


def _term(english: str, chinese: str, never: str = "") -> GlossaryTerm:
    return GlossaryTerm(tuple(english.split("/")), tuple(chinese.split("/")), tuple(filter(None, never.split("/"))))


#: Longer terms come before shorter ones that they contain, because matched text is not searched again.
TERMS: tuple[GlossaryTerm, ...] = (
    # The Hub
    _term("model repository/model repositories", "模型仓库", "模型存储库"),
    _term("dataset", "数据集"),
    _term("repository/repositories", "仓库", "存储库/储存库/代码库"),
    _term("access token", "访问令牌", "存取令牌/访问标记"),
    _term("write token", "写入令牌"),
    _term("read token", "只读令牌/读取令牌"),
    _term("fine-grained", "细粒度"),
    _term("namespace", "命名空间/名下", "名称空间"),
    _term("commit message", "提交说明"),
    _term("initial commit", "初始提交/initial commit"),
    _term("commit/committed", "提交/commit", "递交"),
    _term("pull request", "合并请求/PR", "拉取请求"),
    _term("branch", "分支"),
    _term("revision", "版本/修订版本"),
    _term("clone", "克隆/clone"),
    _term("LFS pointer/pointer file", "指针文件/指针"),
    _term("model card", "模型卡片", "模型名片"),
    _term("license", "许可证", "授权条款/许可协议"),
    _term("visibility", "可见范围", "可见性"),
    _term("git index", "暂存区"),
    _term("push/pushed", "推送/push"),
    _term("environment variable", "环境变量"),
    _term("cache", "缓存"),
    _term("fine-tuned/fine-tune/fine-tuning", "微调"),
    _term("fingerprint", "指纹"),
    _term("webhook", "Webhook/webhook"),
    _term("quota", "配额"),
    _term("account", "账号/注册", "帐号/帐户/账户"),
    _term("password", "密码", "口令"),
    _term("log in/logged in/login", "登录", "登陆/登入"),
    _term("sign up/signing up/sign-up", "注册"),
    # The model
    _term("segment ids/segment id", "片段编号", "分段编号/段落编号/句段编号"),
    _term("segment", "片段"),
    _term("last hidden state", "最后一层隐藏状态/last_hidden_state"),
    _term("hidden size", "隐藏层大小", "隐藏尺寸/隐藏维度"),
    _term("batch axis", "批次轴/批次的轴"),
    _term("attention mask", "注意力掩码", "注意力遮罩"),
    _term("attention head", "注意力头"),
    _term("tokenizer", "分词器", "标记器/词元化器"),
    _term("vocabulary/vocabularies", "词表", "词汇表"),
    _term("padding", "填充/补齐"),
    _term("tensor", "张量"),
    _term("gradient", "梯度"),
    _term("vector", "向量"),
    _term("weights", "权重"),
    _term("token", "词元/令牌"),
    # Notebooks and grading
    _term("notebook", "笔记本/notebook"),
    _term("kernel", "内核"),
    _term("assignment", "作业"),
    _term("exercise", "练习"),
    _term("submission", "提交/作业"),
    _term("feedback", "反馈"),
    _term("not attempted", "尚未作答", "没有作答/没作答/还没作答/未曾作答/未答题"),
    _term("misconception", "误解"),
)


def unlike(english: str, chinese: str) -> list[str]:
    """Return the terms that the Chinese text translates differently, and the words in it to avoid.

    Code is never translated: text between backticks, in code blocks and in HTML tags is skipped.
    """
    left, right = _prose(english), _prose(chinese)
    found = [f"never {word!r}" for term in TERMS for word in term.never if word in right]
    for term in TERMS:
        seen = term.pattern().search(left)
        if seen and not any(word.lower() in chinese.lower() for word in term.chinese):
            found.append(f"{seen[0]!r}: one of {', '.join(term.chinese)}")
        left = term.pattern().sub(" ", left)
    return found


def _prose(text: str) -> str:
    text = re.sub(r"```.*?```|`[^`\n]*`|<[^>]*>|\]\([^)]*\)|\{[^}]*\}|%\(\w+\)s", " ", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def paragraphs(english: str, chinese: str) -> list[tuple[str, str]]:
    """Pair the paragraphs of both texts if they have equally many; otherwise pair the complete texts."""
    left, right = (re.split(r"\n\s*\n", text.strip()) for text in (english, chinese))
    return list(zip(left, right, strict=True)) if len(left) == len(right) else [(english, chinese)]
