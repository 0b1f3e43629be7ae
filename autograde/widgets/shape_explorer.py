"""The shape explorer: change the sentences, batch or model, and predict which axes of the shape change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets

from autograde.i18n.translation import messages
from autograde.widgets.notes import note
from autograde.widgets.segments import encode
from autograde.widgets.shapes import AXES, ModelRun, as_text, axis_name, run, table, verdict

_ = messages("widgets")


class ShapeExplorer(ipywidgets.VBox):
    """Runs a model on two sentences; each run adds a row to the table of shapes.

    Attributes:
        first, second: the fields for sentence A and sentence B; B may be empty.
        batch: number of copies in the batch.
        model: the list of models.
        predictions: a check box for each axis: "this one will change".
        none: a check box: "no axis will change".
        run_button: runs the model, if there is a prediction.
        message: the changes, and whether they were predicted.
        view: the table.
        runs: all runs; the first happens when the explorer is created.
    """

    def __init__(
        self,
        models: Mapping[str, tuple[Any, Any]],
        first: str = "Talk is cheap",
        second: str = "Please show me your code!",
    ) -> None:
        """Create the explorer; ``models`` has a tokenizer and a model for each name."""
        self._models = dict(models)
        wide = {"style": {"description_width": "7.5em"}, "layout": {"width": "34em"}}
        self.first = ipywidgets.Text(value=first, description=_("Sentence A:"), **wide)
        self.second = ipywidgets.Text(value=second, description=_("Sentence B:"), **wide)
        self.batch = ipywidgets.BoundedIntText(value=1, min=1, max=8, description=_("Batch:"), **wide)
        self.model = ipywidgets.Dropdown(options=list(self._models), description=_("Model:"), **wide)
        self.predictions = {axis: _box(axis_name(axis)) for axis in AXES}
        self.none = _box(_("none of them"))
        self.run_button = ipywidgets.Button(description=_("Run the model"), button_style="primary", icon="play")
        self.message, self.view = ipywidgets.HTML(), ipywidgets.HTML()
        self.run_button.on_click(lambda _button: self.run())
        # "None of them" and an axis cannot both be right: the later one counts.
        self.none.observe(self._none_ticked, names="value")
        for box in self.predictions.values():
            box.observe(self._axis_ticked, names="value")
        question = ipywidgets.HTML(_("Change one thing. Which axes will move? Tick them, then run the model."))
        boxes = [*self.predictions.values(), self.none]
        super().__init__(
            [
                self.first,
                self.second,
                self.batch,
                self.model,
                question,
                ipywidgets.HBox(boxes, layout={"grid_gap": "2em", "flex_flow": "row wrap"}),
                self.run_button,
                self.message,
                self.view,
            ]
        )
        self.runs: list[ModelRun] = [self._run()]
        self.view.value = table(self.runs)

    def run(self) -> ModelRun | None:
        """Run the model and compare the shape with that of the previous run.

        Returns:
            The run; None without a prediction, with a contradictory one, or with more tokens than the model can read.
        """
        predicted = [axis for axis, box in self.predictions.items() if box.value]
        if bool(predicted) == self.none.value:
            message = _("Predict first: tick the axes that will move, or “none of them”.")
            self.message.value = note("hint", message)
            return None
        if (too_long := self._too_long()) is not None:
            self.message.value = note("hint", too_long)
            return None
        before, after = self.runs[-1], self._run()
        self.runs.append(after)
        right, said_lines = verdict(before, after, predicted)
        opening = _("As you predicted.") if right else _("Not what you predicted.")
        self.message.value = note("right" if right else "otherwise", opening, *said_lines)
        self.view.value = table(self.runs)
        for box in (*self.predictions.values(), self.none):
            box.value = False
        return after

    def _none_ticked(self, change: Mapping[str, Any]) -> None:
        if change["new"]:
            for box in self.predictions.values():
                box.value = False

    def _axis_ticked(self, change: Mapping[str, Any]) -> None:
        if change["new"]:
            self.none.value = False

    def _too_long(self) -> str | None:
        """Say how many tokens there are, if the model cannot read so many."""
        tokenizer, model = self._models[self.model.value]
        count = len(encode(tokenizer, self.first.value, self.second.value.strip()).ids)
        most = model.config.max_position_embeddings
        if count <= most:
            return None
        said = _("These are {count} tokens; this model reads at most {most}. Shorten a sentence.")
        return said.format(count=count, most=most)

    def _run(self) -> ModelRun:
        tokenizer, model = self._models[self.model.value]
        name, batch = str(self.model.value), int(self.batch.value)
        return run(name, tokenizer, model, self.first.value, self.second.value.strip(), batch)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the table as HTML and as text, for places without widgets (nbconvert, a viewer)."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/html"] = table(self.runs)
        bundle["text/plain"] = as_text(self.runs)
        return bundle


def _box(description: str) -> ipywidgets.Checkbox:
    return ipywidgets.Checkbox(description=description, indent=False, layout={"width": "auto"})
