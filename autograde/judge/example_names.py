"""Names of accounts and models for cases on a throw-away Hub. None of them is in the lessons."""

from __future__ import annotations

ACCOUNTS = ("noor", "lin-wei", "tomas", "abeba", "yuki-s", "ines", "kofi", "zhang-min", "olga", "ravi")
#: With capitals: an answer that writes an account's name in small letters is found out.
CAPITAL_ACCOUNTS = ("Lin-Wei", "Yuki-S", "ZhangMin", "KofiM")
#: Full names of these people. They differ from all account names, so that the two cannot be confused.
FULL_NAMES = {
    "mei": "Mei Lin", "jonas": "Jonas Berg", "noor": "Noor Haddad", "lin-wei": "Lin Wei", "tomas": "Tomas Novak",
    "abeba": "Abeba Tesfaye", "yuki-s": "Yuki Sato", "ines": "Ines Costa", "kofi": "Kofi Mensah",
    "zhang-min": "Zhang Min", "olga": "Olga Petrova", "ravi": "Ravi Kumar",
    "Jonas": "Jonas Berg", "Lin-Wei": "Lin Wei", "Yuki-S": "Yuki Sato", "ZhangMin": "Zhang Min", "KofiM": "Kofi Mensah",
}  # fmt: skip
#: Account names that people copy from a tutorial. On the Hub of a case they belong to other people.
TUTORIAL_ACCOUNTS = ("ada", "xxx")
#: With capitals, as many models on huggingface.co: an answer that writes names in small letters is found out.
MODELS = ("News-BERT", "tiny-Chinese", "QA-model", "Toxicity", "title-Writer", "Entity-finder", "Rhyme", "review-Stars")
