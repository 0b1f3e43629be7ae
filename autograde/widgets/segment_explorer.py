"""The segment explorer: predict each token's segment, then compare with the model's segments."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets

from autograde.i18n.translation import messages
from autograde.widgets.notes import note
from autograde.widgets.segments import (
    COLOURS,
    LINES,
    Encoded,
    about_unknown,
    as_text,
    cause,
    encode,
    explain,
    first_difference,
    steps,
    table,
)

_ = messages("widgets")

#: Largest number of tokens that can be predicted; more buttons would fill the screen.
LONGEST = 48


class SegmentExplorer(ipywidgets.VBox):
    """Shows the tokens of two sentences, with a button for each token to predict its segment, 0 or 1.

    Attributes:
        first, second: the fields for sentence A and sentence B.
        alone: check box to encode sentence A without sentence B.
        padding: number of padding tokens at the end.
        vocabulary: the list of vocabularies.
        toggles: a button for each token; pressed means segment 1.
        check_button: compares the prediction with the model's segments.
        rule_button: shows the next step of the tutorial's rule; enabled after the first check.
        message: the result.
        view: the table.
    """

    def __init__(self, tokenizer: Any, first: str = "Talk is cheap", second: str = "Please show me your code!") -> None:
        """Create the explorer for a tokenizer of transformers whose model uses segments."""
        self._tokenizer = tokenizer
        wide = {"style": {"description_width": "7.5em"}, "layout": {"width": "34em"}}
        self.first = ipywidgets.Text(value=first, description=_("Sentence A:"), continuous_update=False, **wide)
        self.second = ipywidgets.Text(value=second, description=_("Sentence B:"), continuous_update=False, **wide)
        self.alone = ipywidgets.Checkbox(value=False, description=_("Sentence A alone, without sentence B"), **wide)
        self.padding = ipywidgets.BoundedIntText(value=0, min=0, max=8, description=_("Padding:"), **wide)
        vocabularies = [(_("of the model"), "model"), (_("small, English and Chinese"), "english-chinese")]
        self.vocabulary = ipywidgets.Dropdown(options=vocabularies, value="model", description=_("Vocabulary:"), **wide)
        self.toggles: list[ipywidgets.ToggleButton] = []
        self._answered, self._shown, self._marked = False, 0, tuple[int, ...]()
        self._toggle_box = ipywidgets.HBox(layout={"flex_flow": "row wrap"})
        self.check_button = ipywidgets.Button(description=_("Check"), button_style="primary", icon="check")
        self.rule_button = ipywidgets.Button(description=_("Next step of the rule"), layout={"width": "auto"})
        self.message, self.view = ipywidgets.HTML(), ipywidgets.HTML()
        self.check_button.on_click(lambda _button: self.check())
        self.rule_button.on_click(lambda _button: self.next_step())
        for field in (self.first, self.second, self.alone, self.padding, self.vocabulary):
            field.observe(self._encode_again, names="value")
        super().__init__(
            [
                self.first,
                self.second,
                self.alone,
                self.padding,
                self.vocabulary,
                self._toggle_box,
                ipywidgets.HBox([self.check_button, self.rule_button]),
                self.message,
                self.view,
            ]
        )
        self._encode_again()

    @property
    def encoded(self) -> Encoded:
        """The input, encoded with the chosen vocabulary."""
        return self._encoded

    @property
    def prediction(self) -> list[int]:
        """The learner's segment ids."""
        return [int(toggle.value) for toggle in self.toggles]

    def predict(self, segments: Sequence[int]) -> None:
        """Set the buttons from code; ``segments`` has a 0 or 1 for each token.

        Raises:
            ValueError: the number of segments differs from the number of tokens.
        """
        if len(segments) != len(self.toggles):
            raise ValueError(f"{len(self.toggles)} tokens need {len(self.toggles)} segment ids, not {len(segments)}")
        for toggle, segment in zip(self.toggles, segments, strict=True):
            toggle.value = bool(segment)

    def check(self) -> bool:
        """Show the model's segments next to the prediction; return whether they are equal."""
        encoded, mine = self._encoded, self.prediction
        position = first_difference(mine, encoded.segments)
        self._answered, self.rule_button.disabled = True, False
        self._draw()
        if position is None:
            self.message.value = note("right", _("All {count} segments are right.").format(count=len(mine)))
            return True
        known = cause(encoded, mine)
        self.message.value = note(
            "otherwise",
            _("Not yet: the first difference is at position {position}.").format(position=position),
            explain(encoded, position),
            "" if known is None else _("A common cause: {explanation}").format(explanation=known.explanation),
        )
        return False

    def next_step(self) -> None:
        """Show the next step of the rule, and mark its tokens."""
        every = steps(self._encoded)
        self._shown = min(self._shown + 1, len(every))
        self._marked = every[self._shown - 1].positions
        items = "".join(f"<li>{escape(step.sentence)}</li>" for step in every[: self._shown])
        self.message.value = f'<div role="status"><ol style="line-height: 1.5">{items}</ol></div>'
        self.rule_button.disabled = self._shown == len(every)
        self._draw()

    def _encode_again(self, _change: Any = None) -> None:
        second = "" if self.alone.value else self.second.value.strip()
        encoded = encode(self._chosen_tokenizer(), self.first.value, second, self.padding.value)
        self._encoded, self._answered, self._shown, self._marked = encoded, False, 0, ()
        too_long = len(encoded.ids) > LONGEST
        # The rule would show the answer before the prediction.
        self.rule_button.disabled, self.check_button.disabled = True, too_long
        self.toggles = [] if too_long else [self._toggle(position) for position in range(len(encoded.tokens))]
        self._toggle_box.children = self.toggles
        if too_long:
            sentence = _("These are {count} tokens; up to {most} can be predicted here. Shorten a sentence.")
            self.message.value = note("hint", sentence.format(count=len(encoded.ids), most=LONGEST))
        else:
            sentence = _("Predict: press every token that belongs to sentence B, with the mouse or with Tab and Space.")
            self.message.value = note("hint", sentence, about_unknown(encoded))
        self._draw()

    def _chosen_tokenizer(self) -> Any:
        if self.vocabulary.value == "model":
            return self._tokenizer
        from autograde.models import english_chinese_tokenizer

        return english_chinese_tokenizer()

    def _toggle(self, position: int) -> ipywidgets.ToggleButton:
        toggle = ipywidgets.ToggleButton(
            tooltip=_("position {position}").format(position=position), layout={"width": "auto", "height": "auto"}
        )

        def show() -> None:
            sentence = "B" if toggle.value else "A"
            # The number is part of the name, so that screen readers read it; the coloured band shows it, too.
            toggle.description = f"{self._encoded.tokens[position]} · {int(toggle.value)}"
            toggle.layout.border_bottom = f"5px {LINES[sentence]} {COLOURS[sentence]}"

        def turned(_change: dict[str, Any]) -> None:
            show()
            self._answered = False
            self._draw()

        show()
        toggle.observe(turned, names="value")
        return toggle

    def _draw(self) -> None:
        if len(self._encoded.ids) > LONGEST:
            self.view.value = ""
            return
        mine = self.prediction or None
        self.view.value = table(self._encoded, mine, answer=self._answered, marked=self._marked)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the complete table as HTML and text, for places without widgets (nbconvert, a viewer)."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/html"] = table(self._encoded)
        bundle["text/plain"] = as_text(self._encoded)
        return bundle
