"""Find unclear phrases in docstrings, messages and test names (``make check``).

The list is short on purpose: each phrase has confused a reader, and none of them has a good use here.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

#: Phrases, with better alternatives.
PHRASES = {
    r"whoever\b": "name the person: a learner, an instructor, the caller",
    r"(nobody|somebody)('s)?\b": "name the person, or use the passive voice",
    r"(anybody|everybody)('s)?\b": "everyone, all users, a learner",
    r"belongs? into\b": "belongs in, goes into",
    r"stands? (beside|between|above|for itself)\b": "is next to, is between",
    r"(?<!there )is no (?!longer|more|need|such|point|room)[a-z]+ (of|at all|here)\b": "is not a …",
    r"up to and with\b": "up to and including",
    r"of its own accord\b": "by itself",
    r"asked for (is|was)\b": "say what was expected",
    r"the very (file|same|bytes|name)\b": "the identical",
    r"let the answer be\b": "return",
    r"put aside\b": "keep, save",
    r"what came\b": "what was received, the result",
    r"by definition rubbish\b": "discard …",
    r"(is|are) (said|told)$": "name the result: is reported, is refused, raises …",
    r"(is|are) (said so|believed|a sentence)\b": "is reported, is trusted, gives an error message",
    r"(breaks?|holds? up) (no|nothing|nobody)\b": "does not break …, does not delay …",
}

_PATTERN = re.compile("|".join(rf"\b(?:{phrase})" for phrase in PHRASES), re.IGNORECASE)


def problems(paths: Sequence[Path]) -> Iterator[str]:
    """Yield a line with place, phrase and advice for each docstring, message or test name with a phrase."""
    for path in paths:
        for line, text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
            for found in _PATTERN.finditer(text):
                phrase = found[0]
                advice = next(better for bad, better in PHRASES.items() if re.fullmatch(bad, phrase, re.I))
                yield f"{path}:{line}: {phrase!r}: {advice}"


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if text := ast.get_docstring(node):
                yield node.body[0].lineno, text
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield node.lineno, node.name.replace("_", " ")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "marked"):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def main() -> int:
    """Check the files and folders in the arguments; return exit code 1 if a phrase was found."""
    paths = [path for name in sys.argv[1:] for path in sorted(Path(name).rglob("*.py"))]
    found = list(problems(paths))
    for line in found:
        print(line)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
