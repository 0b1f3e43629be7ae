"""Interactive elements of the lessons: forms for actions on the Hub, questions, plots and explorable tables."""

from __future__ import annotations

from autograde.widgets.attention_map import AttentionMap
from autograde.widgets.goals import check_goal, check_search
from autograde.widgets.pointer_inspector import PointerInspector
from autograde.widgets.question_forms import PredictionForm, Quiz
from autograde.widgets.repository_input import RepositoryInput
from autograde.widgets.repository_panel import RepositoryPanel
from autograde.widgets.role_grid import RoleGrid
from autograde.widgets.segment_explorer import SegmentExplorer
from autograde.widgets.shape_explorer import ShapeExplorer
from autograde.widgets.step_sorter import StepSorter
from autograde.widgets.token_input import TokenInput

__all__ = [
    "AttentionMap",
    "PointerInspector",
    "PredictionForm",
    "Quiz",
    "RepositoryInput",
    "RepositoryPanel",
    "RoleGrid",
    "SegmentExplorer",
    "ShapeExplorer",
    "StepSorter",
    "TokenInput",
    "check_goal",
    "check_search",
]
