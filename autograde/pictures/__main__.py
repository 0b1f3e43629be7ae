"""``python -m autograde.pictures``: write the diagrams into course/pictures."""

from __future__ import annotations

from autograde.files import write_file
from autograde.pictures.diagrams import FOLDER, diagrams


def main() -> None:
    """Write every diagram whose file differs, and say which."""
    for name, text in diagrams():
        target = FOLDER / name
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            write_file(target, text.encode())
            print(f"course/pictures/{name}")  # noqa: T201


if __name__ == "__main__":
    main()
