"""1: what the Hub and Transformers are, what a repository holds, and the order of the six steps."""

from __future__ import annotations

from autograde.judge.messages import _
from autograde.judge.quiz import Choice, Item, quiz

ITEMS = (
    Item(
        "hub",
        _("what the Hub is"),
        _("What is the Hugging Face Hub?"),
        (
            Choice(
                _("A service that trains models for you."),
                "hub-trains",
                _(
                    "Training happens on a computer of your own, or on a rented one. The Hub keeps and shares "
                    "its result."
                ),
            ),
            Choice(_("A place where people publish models, each in a repository of its own, for others to download.")),
            Choice(
                _("The company's chatbot."),
                "hub-is-a-chatbot",
                _(
                    "Hugging Face did begin with chatbots, but the Hub itself doesn't chat. Chatbots are among the "
                    "models that people publish on it."
                ),
            ),
            Choice(
                _("A Python library with which you load models."),
                "hub-is-a-library",
                _("The library is Transformers. It loads models; the Hub is where they lie before they are loaded."),
            ),
        ),
    ),
    Item(
        "transformers",
        _("what Transformers is"),
        _("And what is Transformers?"),
        (
            Choice(
                _("The website on which the files of models lie."),
                "transformers-is-the-hub",
                _("That is the Hub. Transformers is installed on your own computer and fetches files from there."),
            ),
            Choice(
                _("One large pretrained model, made by Hugging Face."),
                "transformers-is-one-model",
                _(
                    "Transformers is no model and has no weights. It knows how to build many kinds of models, BERT "
                    "among them, most of them invented elsewhere."
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
    Item(
        "card",
        _("what a model card is"),
        _("Which file of a repository is the model card, and who is it for?"),
        (
            Choice(
                _("`README.md`: people read in it what the model is for, where it fails, and what its license allows.")
            ),
            Choice(
                _("`config.json`: programs read in it how many layers the model has and how large they are."),
                "card-is-config",
                _(
                    "`config.json` is needed to build the model, and a program reads it. It says nothing about what "
                    "the model is good for."
                ),
            ),
            Choice(
                _("`LICENSE`: without its permission the model can't be downloaded."),
                "card-is-a-permit",
                _(
                    "A license says what one may do with a model, but it is no key to the download. The card names "
                    "the license, and much more."
                ),
            ),
        ),
    ),
    Item(
        "repository",
        _("what a model repository holds"),
        _("What does a model repository hold?"),
        (
            Choice(
                _("The weights and nothing else."),
                "only-weights",
                _(
                    "Weights are numbers without a shape. Without the configuration and the tokenizer's vocabulary "
                    "they can't be used."
                ),
            ),
            Choice(
                _("The sentences that the model was trained on."),
                "training-data",
                _(
                    "Training data lie in repositories of their own kind, datasets. A model card may name the dataset; "
                    "the model's repository does not hold it."
                ),
            ),
            Choice(
                _("A link to the files, which stay on the author's computer."),
                "only-a-link",
                _(
                    "The files themselves are uploaded. The author's computer may be switched off, and everybody can "
                    "still download them."
                ),
            ),
            Choice(_("Weights, configuration, vocabulary and model card, in every version that was ever committed.")),
        ),
    ),
    Item(
        "order",
        _("the order of the six steps"),
        _("In which order does the tutorial take its steps?"),
        (
            Choice(
                _("account → repository → log in → upload → download → load"),
                "repository-before-login",
                _("A repository has an owner. The Hub lets you create one only when it knows who you are."),
            ),
            Choice(
                _("account → log in → upload → repository → download → load"),
                "upload-before-repository",
                _("An upload needs a place to go to. `git push` to a repository that does not exist is refused."),
            ),
            Choice(_("account → log in → repository → upload → download → load")),
            Choice(
                _("account → log in → repository → download → upload → load"),
                "download-before-upload",
                _(
                    "Before the upload there is no model to download. The clone with which the upload begins fetches "
                    "an empty repository."
                ),
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
        _("Which of the two is a place, and which is a program? Who reads a card: a person or a program?"),
        _("For the order, ask of each step what must be there before it can begin."),
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
