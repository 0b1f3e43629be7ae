"""The attention map: choose a layer and a head, and see which token attends to which."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from autograde.i18n.translation import messages, sentences
from autograde.widgets.notes import note

if TYPE_CHECKING:
    from autograde.widgets.plots import Plot

_ = messages("widgets")

#: Longest input whose map is readable, in tokens.
LONGEST = 32


class AttentionMap(ipywidgets.VBox):
    """Two sentences, two sliders, and the attention weights of the chosen head.

    The sliders work with the arrow keys. The picture is described in sentences, which a screen reader reads aloud after
    every change, and its numbers are in a table below it.

    Attributes:
        first, second: the fields for sentence A and sentence B; B may be empty.
        layer, head: the sliders, counted from 1.
        message: a description of the head in sentences.
        view: the picture and its table.
    """

    def __init__(
        self,
        tokenizer: Any,
        model: Any,
        first: str = "Talk is cheap",
        second: str = "Please show me your code!",
        layer: int = 1,
        head: int = 1,
    ) -> None:
        """Run ``model``, loaded with ``attn_implementation="eager"``, on the sentences.

        Raises:
            NoAttention: the model was loaded with an attention implementation that returns no weights.
        """
        # Imported here and below because they import numpy, which lessons without this widget do not need.
        from autograde.widgets.attention import attend

        self._tokenizer, self._model = tokenizer, model
        self._attention = attend(tokenizer, model, first, second)
        wide = {"style": {"description_width": "7.5em"}, "layout": {"width": "34em"}}
        self.first = ipywidgets.Text(value=first, description=_("Sentence A:"), continuous_update=False, **wide)
        self.second = ipywidgets.Text(value=second, description=_("Sentence B:"), continuous_update=False, **wide)
        self.layer = ipywidgets.IntSlider(
            layer, 1, self._attention.layers, description=_("Layer:"), continuous_update=False, **wide
        )
        self.head = ipywidgets.IntSlider(
            head, 1, self._attention.heads, description=_("Head:"), continuous_update=False, **wide
        )
        self.message, self.view = ipywidgets.HTML(), ipywidgets.HTML()
        for field in (self.first, self.second):
            field.observe(self._attend_again, names="value")
        for slider in (self.layer, self.head):
            slider.observe(self._draw, names="value")
        super().__init__([self.first, self.second, self.layer, self.head, self.message, self.view])
        self._draw()

    @property
    def plot(self) -> Plot:
        """The picture of the chosen head."""
        from autograde.widgets.attention import summary
        from autograde.widgets.plots import plot_attention

        attention, layer, head = self._attention, self.layer.value, self.head.value
        alt = sentences(*summary(attention, layer, head))
        return plot_attention(attention.tokens, attention.head(layer, head), alt)

    def _attend_again(self, _change: Any) -> None:
        from autograde.widgets.attention import attend

        first, second = self.first.value, self.second.value.strip()
        # Counted before the model runs: it fails on more tokens than it can read.
        count = len(self._tokenizer(first, second or None)["input_ids"])
        if count > LONGEST:
            message = _("These are {count} tokens; a map of up to {most} can be read. Shorten a sentence.")
            self.message.value = note("hint", message.format(count=count, most=LONGEST))
            return
        self._attention = attend(self._tokenizer, self._model, first, second)
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        plot = self.plot
        self.message.value = f'<div role="status">{escape(plot.alt)}</div>'
        self.view.value = plot.html(caption=False)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the picture and its sentences, for places that show no widget (nbconvert, a viewer)."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/html"] = self.plot.html()
        bundle["text/plain"] = self.plot.alt
        return bundle
