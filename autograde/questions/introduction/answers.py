"""1: a quiz about the Hub, Transformers, the contents of a repository, and the order of the six steps."""

from __future__ import annotations

from itertools import product

from autograde.judge.messages import _
from autograde.judge.quiz import Choice, QuizQuestion, quiz

#: Other names for some of the steps.
_NAMES = {
    "account": ("account", "sign up", "create account", "register", "注册", "注册账号"),
    "log in": ("log in", "login", "登录"),
    "repository": ("repository", "create repository", "repo", "创建仓库", "新建仓库"),
    "upload": ("upload", "上传"),
    "download": ("download", "下载"),
    "load": ("load", "加载"),
}


def _orders(order: str) -> tuple[str, ...]:
    """Return other ways to write an order of steps, with other names for some."""
    return tuple(map(" ".join, product(*(_NAMES[step] for step in order.split(", ")))))


ITEMS = (
    QuizQuestion(
        "hub",
        _("what the Hub is"),
        _("What is the Hugging Face Hub?"),
        (
            Choice(
                _("A service that trains models for you."),
                "hub-trains",
                _("Models are trained on your own computer or on a rented one. The Hub stores and shares the result."),
            ),
            Choice(_("A place where people publish models, each in a repository of its own, for others to download.")),
            Choice(
                _("The company's chatbot."),
                "hub-is-a-chatbot",
                _(
                    "Hugging Face began as a chatbot company, but the Hub itself doesn't chat. It hosts models, "
                    "chatbots among them."
                ),
            ),
            Choice(
                _("A Python library with which you load models."),
                "hub-is-a-library",
                _("That library is Transformers. It loads models; the Hub stores them."),
            ),
        ),
    ),
    QuizQuestion(
        "transformers",
        _("what Transformers is"),
        _("And what is Transformers?"),
        (
            Choice(
                _("The website that stores the files of models."),
                "transformers-is-the-hub",
                _("That is the Hub. Transformers is installed on your own computer and fetches files from there."),
            ),
            Choice(
                _("One large pretrained model, made by Hugging Face."),
                "transformers-is-one-model",
                _(
                    "Transformers is not a model and has no weights. It can build many kinds of models, such as BERT, "
                    "most of them invented by others."
                ),
            ),
            Choice(_("An open-source library that builds many kinds of models and calls them all in the same way.")),
            Choice(
                _("A service that computes a model's answers on Hugging Face's machines."),
                "transformers-is-a-service",
                _(
                    "With Transformers, a model runs in your own Python program. Once its files are on your disk, it "
                    "needs no connection at all."
                ),
            ),
        ),
    ),
    QuizQuestion(
        "card",
        _("what a model card is"),
        _("Which file of a repository is the model card, and who is it for?"),
        (
            Choice(
                _("`README.md`: it tells people what the model is for, where it fails, and what its license allows."),
                short=(
                    "README",
                    "README.md",
                    "README.md for people",
                    "README.md for humans",
                    "README 写给人看",
                    "README.md 写给人",
                ),
            ),
            Choice(
                _("`config.json`: it tells programs how many layers the model has and how large they are."),
                "card-is-config",
                _("Programs read `config.json` to build the model. It doesn't say what the model is good for."),
            ),
            Choice(
                _("`LICENSE`: it decides who can download the model."),
                "card-is-a-permit",
                _(
                    "A license says how people may use a model, but anyone can download it. The card names the "
                    "license, and says much more."
                ),
            ),
        ),
    ),
    QuizQuestion(
        "repository",
        _("what is in a model repository"),
        _("What is in a model repository?"),
        (
            Choice(
                _("The weights and nothing else."),
                "only-weights",
                _(
                    "Weights are only numbers. Without the configuration and the tokenizer's vocabulary no one can "
                    "use them."
                ),
            ),
            Choice(
                _("The sentences that the model was trained on."),
                "training-data",
                _(
                    "Training data are stored in another kind of repository, datasets. A model card may name the "
                    "dataset, but the model's repository doesn't contain it."
                ),
            ),
            Choice(
                _("A link to the files, which stay on the author's computer."),
                "only-a-link",
                _(
                    "The files themselves are uploaded. Everyone can download them, even when the author's computer "
                    "is off."
                ),
            ),
            Choice(_("Weights, configuration, vocabulary and model card, in every version that was ever committed.")),
        ),
    ),
    QuizQuestion(
        "order",
        _("the order of the six steps"),
        _("In which order are the tutorial's steps?"),
        (
            Choice(
                _("account → repository → log in → upload → download → load"),
                "repository-before-login",
                _("A repository has an owner, so the Hub must know who you are before you create one."),
                _orders("account, repository, log in, upload, download, load"),
            ),
            Choice(
                _("account → log in → upload → repository → download → load"),
                "upload-before-repository",
                _("You can upload only to an existing repository: otherwise `git push` is refused."),
                _orders("account, log in, upload, repository, download, load"),
            ),
            Choice(
                _("account → log in → repository → upload → download → load"),
                short=_orders("account, log in, repository, upload, download, load"),
            ),
            Choice(
                _("account → log in → repository → download → upload → load"),
                "download-before-upload",
                _(
                    "Before the upload there is no model to download. The upload begins with a clone, but of an empty "
                    "repository."
                ),
                _orders("account, log in, repository, download, upload, load"),
            ),
        ),
    ),
)

QUESTION = quiz(
    "1/answers",
    ITEMS,
    title=_("The Hub, Transformers and the six steps"),
    next_step=_("Look it up in lesson 1 or 2, then choose again."),
    hints=(
        _(
            "The Hub and Transformers: which one is a website, which one a program? And who reads a model card: a "
            "person or a program?"
        ),
        _("To find the order, ask for each step: what must exist before it?"),
    ),
    styles={
        "capitals, brackets and blanks": {"hub": "B", "transformers": "c)", "card": " a "},
        "full width, with the choice's text": {
            "hub": "（ｂ）",
            "transformers": "C. An open-source library",
            "card": "**a**",
            "repository": "ｄ、权重和配置",
        },
        "sentences": {
            "hub": "b 大家发布模型的地方",
            "transformers": "Option C!",
            "card": "选 a",
            "repository": "Answer: d",
            "order": "account -> log in -> repository -> upload -> download -> load",
        },
        "with an entry that is not part of the quiz": {"mine": "?"},
    },
)
