"""Write the sample cards that the client's tests read. The texts are our own; the values are those that they check."""

from __future__ import annotations

import sys
from pathlib import Path

_META = (
    "license: mit\nlibrary_name: pytorch-lightning\ntags:\n- pytorch\n- image-classification\n"
    "datasets:\n- beans\nmetrics:\n- acc\n"
)
_INDEX = """\
language: en
license: mit
library_name: timm
tags:
- pytorch
- image-classification
datasets:
- beans
metrics:
- {metric}
model-index:
- name: my-cool-model
  results:
"""
_RESULT = """\
  - task:
      type: image-classification
    dataset:
      type: beans
      name: Beans
{more}    metrics:
    - type: {type}
      value: {value}
"""
_PINNED = "      config: default\n      split: test\n      revision: 5503434ddd753f426f4b38109466949a1217c2bb\n"
_INVALID = "  - task:\n      type: image-classification\n    metrics:\n    - type: acc\n      value: 0.9\n"

CARDS = {
    "sample_simple": f"---\nlanguage:\n- en\n{_META}---\n\n# my-cool-model\n\n## Model description\n\nA sample.\n",
    "sample_no_metadata": "# MyCoolModel\n\nA card without metadata.\n",
    "sample_invalid_card_data": "---\n[]\n---\n\n# invalid-card-data\n\nThe metadata are a list.\n",
    "sample_windows_line_breaks": "---\nlicense: mit\nlanguage: eo\nthumbnail: "
    "https://example.org/t.png\ntags:\n- exbert\n---\n\n# Windows\n".replace("\n", "\r\n"),
    "sample_invalid_model_index": f"---\n{_INDEX.format(metric='acc')}{_INVALID}---\n\n# Invalid Model Index\n",
    "sample_simple_model_index": "---\n"
    + _INDEX.format(metric="accuracy")
    + _RESULT.format(more="", type="accuracy", value=0.9)
    + _RESULT.format(more=_PINNED, type="accuracy", value=0.9)
    + "---\n\n# Simple Model Index\n",
    "sample_template": "---\n{{ card_data }}\n---\n\n# {{ model_name | default('MyModelName') }}\n\n{{ some_data }}\n",
    "sample_datasetcard_simple": "---\nlanguage:\n- en\nlicense:\n- bsd-3-clause\nannotations_creators:\n- "
    "crowdsourced\n- expert-generated\n"
    "language_creators:\n- found\nmultilinguality:\n- monolingual\nsize_categories:\n- n<1K\ntask_categories:\n"
    "- image-segmentation\ntask_ids:\n- semantic-segmentation\npretty_name: Sample Segmentation\n---\n\n# "
    "Dataset Card for a sample\n",
    "sample_datasetcard_template": "---\n{{ card_data }}\n---\n\n# {{ pretty_name | default('Dataset Name', "
    "true) }}\n\n{{ some_data }}\n",
}


def main() -> None:
    """Write every sample into the folder that is given on the command line."""
    folder = Path(sys.argv[1])
    (folder / "cards").mkdir(parents=True, exist_ok=True)
    (folder / "empty.txt").touch()
    for name, text in CARDS.items():
        (folder / "cards" / f"{name}.md").write_bytes(text.encode())


if __name__ == "__main__":
    main()
