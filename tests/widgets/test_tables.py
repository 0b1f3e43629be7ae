"""Tables: every column has one alignment, and cells are as many as headings."""

from __future__ import annotations

import pytest

from autograde.widgets.tables import table


def test_numbers_among_texts_are_aligned_to_the_right_with_their_heading() -> None:
    html = table("Files", ["file", "bytes"], [["a", "1,519"], ["b", "7"]], align="left", other={1})
    assert html.count("text-align: right") == 3
    assert html.count("text-align: left") == 3
    for cell in ("bytes", "1,519", "7"):
        assert "text-align: right" in html.split(f">{cell}<")[0].rpartition("<t")[2]


def test_row_with_too_few_cells_is_rejected() -> None:
    with pytest.raises(ValueError, match="shorter"):
        table("Files", ["file", "bytes"], [["a"]])
