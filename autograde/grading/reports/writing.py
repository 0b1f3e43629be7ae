"""Write an assignment's reports into its folder."""

from __future__ import annotations

from pathlib import Path

from autograde.files import write_file
from autograde.grading.reports import tables
from autograde.grading.reports.class_page import class_page
from autograde.grading.reports.class_report import ClassReport
from autograde.settings import LANGUAGES

#: Only the instructor may read the files, which contain personal data.
_MODE = 0o600


def write(report: ClassReport, folder: Path) -> list[Path]:
    """Write every file of the report, each atomically.

    Returns:
        The paths: the page in each language, CSV, JSON, and the files for Canvas and Moodle.

    Raises:
        OSError: a file cannot be written.
    """
    files = {f"class.{language}.html": class_page(report, language).encode() for language in LANGUAGES}
    files |= {
        "class.csv": tables.to_csv(report),
        "class.json": tables.to_json(report),
        "canvas.csv": tables.to_canvas(report),
        "moodle.csv": tables.to_moodle(report),
    }
    for name, content in files.items():
        write_file(folder / name, content, _MODE)
    return [folder / name for name in files]
