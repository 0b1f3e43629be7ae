"""The segment explorer: predict each token's segment, then compare with the tokenizer's."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets

from autograde import settings
from autograde.i18n.translation import messages
from autograde.widgets.notes import note
from autograde.widgets.segments import Encoded, belief, encode, explain, first_difference, steps, table

_ = messages("widgets")

#: More tokens than fit on a screen teach nothing more.
LONGEST = 48


class SegmentExplorer(ipywidgets.VBox):
    """Two sentences in, a table out. Every token has a button, 0 or 1, for the learner's prediction.

    Attributes:
        first, second: the fields for sentence A and sentence B; B may be empty.
        padding: how many padding tokens stand at the end.
        toggles: a button for each token; pressed means segment 1.
        check_button: compares the prediction with the tokenizer's segments.
        rule_button: shows the tutorial's rule one step further.
        message: what came of it.
        view: the table.
    """

    def __init__(self, tokenizer: Any, first: str = "Talk is cheap", second: str = "Please show me your code!") -> None:
        """``tokenizer`` is one of transformers', of a model that knows segments."""
        self._tokenizer = tokenizer
        wide = {"style": {"description_width": "7.5em"}, "layout": {"width": "34em"}}
        self.first = ipywidgets.Text(value=first, description=_("Sentence A:"), continuous_update=False, **wide)
        self.second = ipywidgets.Text(value=second, description=_("Sentence B:"), continuous_update=False, **wide)
        self.padding = ipywidgets.BoundedIntText(value=0, min=0, max=8, description=_("Padding:"), **wide)
        self.toggles: list[ipywidgets.ToggleButton] = []
        self._answered, self._shown = False, 0
        self._toggle_box = ipywidgets.HBox(layout={"flex_flow": "row wrap"})
        self.check_button = ipywidgets.Button(description=_("Check"), button_style="primary", icon="check")
        self.rule_button = ipywidgets.Button(description=_("Next step of the rule"), layout={"width": "auto"})
        self.message, self.view = ipywidgets.HTML(), ipywidgets.HTML()
        self.check_button.on_click(lambda _button: self.check())
        self.rule_button.on_click(lambda _button: self._next_step())
        for field in (self.first, self.second, self.padding):
            field.observe(self._encode_again, names="value")
        super().__init__(
            [
                self.first,
                self.second,
                self.padding,
                self._toggle_box,
                ipywidgets.HBox([self.check_button, self.rule_button]),
                self.message,
                self.view,
            ]
        )
        self._encode_again()

    @property
    def encoded(self) -> Encoded:
        """What the tokenizer makes of the fields."""
        return self._encoded

    @property
    def prediction(self) -> list[int]:
        """The learner's segment ids."""
        return [int(toggle.value) for toggle in self.toggles]

    def predict(self, segments: Sequence[int]) -> None:
        """Press the buttons: ``segments`` has a 0 or 1 for each token.

        Raises:
            ValueError: there is not exactly one for each token.
        """
        if len(segments) != len(self.toggles):
            raise ValueError(f"{len(self.toggles)} tokens need {len(self.toggles)} segment ids, not {len(segments)}")
        for toggle, segment in zip(self.toggles, segments, strict=True):
            toggle.value = bool(segment)

    def check(self) -> bool:
        """Show the tokenizer's segments beside the prediction; whether they are the same."""
        encoded, mine = self._encoded, self.prediction
        position = first_difference(mine, encoded.segments)
        self._answered = True
        self.view.value = table(encoded, mine)
        if position is None:
            count = len(mine)
            self.message.value = note(
                "done", _("All {count} segments are as the tokenizer has them.").format(count=count)
            )
            return True
        believed = belief(encoded, mine)
        self.message.value = note(
            "refused",
            _("The first difference is at position {position}.").format(position=position),
            explain(encoded, position),
            ""
            if believed is None
            else _("This looks like a known mistake: {explanation}").format(
                explanation=believed.explanation.in_language(settings.language())
            ),
        )
        return False

    def _next_step(self) -> None:
        every = steps(self._encoded)
        self._shown = min(self._shown + 1, len(every))
        items = "".join(f"<li>{escape(step)}</li>" for step in every[: self._shown])
        self.message.value = f'<div role="status"><ol style="line-height: 1.5">{items}</ol></div>'
        self.rule_button.disabled = self._shown == len(every)

    def _encode_again(self, _change: Any = None) -> None:
        encoded = encode(self._tokenizer, self.first.value, self.second.value.strip(), self.padding.value)
        self._encoded, self._answered, self._shown = encoded, False, 0
        self.rule_button.disabled = False
        too_long = len(encoded.ids) > LONGEST
        self.check_button.disabled = too_long
        self.toggles = [] if too_long else [self._toggle(token) for token in encoded.tokens]
        self._toggle_box.children = self.toggles
        if too_long:
            said = _("These are {count} tokens; up to {most} can be predicted here.")
            self.message.value = note("refused", said.format(count=len(encoded.ids), most=LONGEST))
        else:
            said = _("Predict: press every token that belongs to sentence B, with the mouse or with Tab and Space.")
            self.message.value = note("hint", said)
        self._draw()

    def _toggle(self, token: str) -> ipywidgets.ToggleButton:
        toggle = ipywidgets.ToggleButton(description=f"{token} · 0", layout={"width": "auto"})

        def turned(change: dict[str, Any]) -> None:
            toggle.description = f"{token} · {int(change['new'])}"
            self._answered = False
            self._draw()

        toggle.observe(turned, names="value")
        return toggle

    def _draw(self) -> None:
        self.view.value = table(self._encoded, self.prediction or None, answer=self._answered)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Where no widget can be shown (nbconvert, a viewer), the whole table stands there as HTML."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/html"] = table(self._encoded)
        return bundle
