"""Hostile and unusual submissions, as data: every case here runs in the battery.

Each is a notebook with a question that counts, ``segment_ids`` of 2.6, which is worth 10 points: the learner's cells,
the answer, the graded cell, and more cells. A second question with its right answer follows, because several answers
are first tried together.
"""

from __future__ import annotations

from dataclasses import dataclass

import nbformat

from autograde import notebooks
from autograde.grading.execution import Job
from autograde.grading.samples import ASSIGNMENT, SECTION
from autograde.questions import question
from autograde.settings import KIT

RIGHT = question(SECTION, "segment_ids").teaching.solution
#: The graded cell of the second question.
SECOND_GRADED_CELL = "grade-pad-pair"
_SECOND_ANSWER = question(SECTION, "pad_pair").teaching.solution
#: Replaced in a cell by the time at which the submission's first cell is run for the first time.
STARTED = "STARTED_AT"
#: Gets 0 of 10 points.
WRONG = "def segment_ids(index, mark):\n    return None\n"


@dataclass(frozen=True)
class Attack:
    """A submission and its expected result.

    Attributes:
        name: what the learner tries.
        answer: the code of ``segment_ids``.
        before: the cells before the answer.
        after: the cells after the graded one.
        points: the expected points of the question.
        shows: texts that must be in the outputs of the learner's own cells.
        hides: texts that must not be in the executed notebook.
        noted: whether the result must have a note about a limit; None: either is fine.
        files: the other files of the submission.
        cell_seconds: time limit of a cell; lower for cells that must exceed it.
        then: the next submission and its expected result.
    """

    name: str
    answer: str = WRONG
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    points: float = 0.0
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    noted: bool | None = False
    files: tuple[tuple[str, bytes], ...] = ()
    cell_seconds: float = 20.0
    then: Attack | None = None

    def job(self, student: str = "mallory", seed: str = "the course's secret") -> Job:
        """Return the submission as the executor receives it."""
        released = notebooks.read(KIT / "release" / "en" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
        cells = {cell.id: cell for cell in released.cells}
        cells["segment-ids"].source, cells["pad-pair"].source = self.answer, _SECOND_ANSWER

        def own(sources: tuple[str, ...]) -> list[nbformat.NotebookNode]:
            return [nbformat.v4.new_code_cell(source) for source in sources]

        released.cells = [
            *own(self.before), cells["segment-ids"], cells["grade-segment-ids"],
            cells["pad-pair"], cells[SECOND_GRADED_CELL], *own(self.after),
        ]  # fmt: skip
        return Job(student, ASSIGNMENT, nbformat.writes(released).encode(), dict(self.files), "en", seed)


#: Prefixes of a quote of hidden token ids.
LEAKS = tuple(f"LEAK [{digit}" for digit in range(10))

ATTACKS = (
    # Honest but unusual: full points.
    Attack("a right answer", RIGHT, points=10),
    Attack("a right answer that warns and prints", "import sys, warnings\nwarnings.warn('x')\n" + RIGHT, points=10),
    Attack("a cell that raises before the answer", RIGHT, ("1 / 0",), points=10, shows=("ZeroDivisionError",)),
    Attack("exit() in a cell", RIGHT, ("exit()",), points=10, shows=("SystemExit",)),
    Attack("os._exit in a cell", RIGHT, ("import os; os._exit(0)",), points=10, noted=True, shows=("whole Python",)),
    Attack("os._exit after the graded cell", RIGHT, after=("import os; os._exit(0)", "print('later')"), points=10,
           noted=True, shows=("later",)),
    Attack("a segmentation fault", RIGHT, ("import ctypes; ctypes.string_at(0)",), points=10, noted=True),
    Attack("an endless cell", RIGHT, ("while True: pass",), points=10, noted=True, shows=("KeyboardInterrupt",),
           cell_seconds=1.0),
    Attack("an endless cell that swallows the interruption", RIGHT,
           ("while True:\n    try:\n        while True: pass\n    except BaseException: pass",), points=10, noted=True,
           cell_seconds=1.0),
    Attack("input()", RIGHT, ("input('name? ')",), points=10, shows=("EOFError", "name? ")),
    Attack("magics and commands", RIGHT,
           ("%%time\nx = 1", "!echo from-a-command", "%%bash\necho from-bash", "files = !ls\nprint(len(files))"),
           points=10, shows=("Wall time", "from-a-command", "from-bash")),
    Attack("a widget and a figure", RIGHT,
           ("import ipywidgets\nipywidgets.IntSlider()",
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"),
           points=10, shows=("IntSlider", "image/png")),
    Attack("display updates", RIGHT,
           ("from IPython.display import display, clear_output\nshown = display('first', display_id=True)\n"
            "shown.update('second')", "print('gone')\nclear_output()\nprint('kept')"),
           points=10, shows=("second", "kept"), hides=("'gone\\n",)),
    Attack("await at the top of a cell", RIGHT, ("import asyncio\nawait asyncio.sleep(0)\nprint('awaited')",),
           points=10,
           shows=("awaited",)),
    Attack("a helper module next to the notebook", RIGHT, ("import my_words\nprint(my_words.GREETING)",), points=10,
           files=(("my_words.py", b"GREETING = 'from my own file'"),), shows=("from my own file",)),
    # Forged verdicts: no points.
    Attack("a replaced grade function", before=("import autograde.exercises as e\ne.grade = lambda *a: 10.0\n"
           "e.exercise.grade = e.grade",)),
    Attack("a printed score and a forged result", before=("print('10.0')", "get_ipython().displayhook(10.0)"),
           after=("10.0",)),
    Attack("a forged verdict next to the graded cell", before=(
        "from IPython.display import display\n"
        "display({'application/vnd.autograde.verdict+json': {'points': 10, 'function': 'segment_ids'}}, raw=True)",),
        hides=("'points': 10, 'function'",)),
    Attack("an object that equals everything",
           "class Any(list):\n    def __eq__(self, other): return True\n    def __len__(self): return 7\n"
           "def segment_ids(index, mark):\n    return Any()\n"),
    Attack("a replaced reader of evidence", before=(
        "import autograde.exercises.asking as a\na.gather = lambda *x, **y: 1 / 0",)),
    Attack("an answer that replaces json.dumps",
           "def segment_ids(index, mark):\n    import json\n    json.dumps = lambda *a, **k: ''\n    return []\n"),
    Attack("an invalid message to the judge", before=(
        "import gc, socket\nfor each in gc.get_objects():\n"
        "    if isinstance(each, socket.socket):\n        each.sendall(b'x' * 1000 + b'\\n')",), noted=True),
    Attack("an input transformer that empties later cells", before=(
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['10.0\\n'])",)),
    Attack("a package called autograde next to the notebook", before=("import autograde.exercises",),
           files=(("autograde/__init__.py", b"print('mine')"), ("torch.py", b"print('mine')")), hides=("mine",)),
    # Reading hidden data.
    Attack("the questions' source", before=("import autograde.questions",), shows=("ModuleNotFoundError",)),
    Attack("the files of the questions", before=(
        "import autograde, pathlib\nroot = pathlib.Path(autograde.__file__).parent\n"
        "line = b'boundary = index.index' + b'(mark)'\n"
        "print('found', [p for p in root.rglob('*') if p.is_file() and line in p.read_bytes()])",),
        shows=("found []",)),
    Attack("solutions and hidden cases of the check", before=(
        "from autograde.exercises import open_exercise\ne = open_exercise('2.6')\ne.segment_ids.solution()",
        "from autograde.exercises import grade\ngrade('2.6', 'segment_ids', globals())"),
        shows=("not available in a graded run", "only in the graded cells")),
    Attack("files of the machine", before=(
        "import os\nprint(sorted(os.listdir('/')), os.path.exists('/etc/shadow'), os.listdir('/root') if "
        "os.path.exists('/root') else '')\nprint(open('/proc/1/environ').read())",),
        hides=("shadow True", "AUTOGRADE_SEED")),
    Attack("the seed in the environment or in memory", before=(
        "import gc, os\nprint('the course' in str(dict(os.environ)), "
        "any(isinstance(o, str) and o.startswith('the course\\'s sec') for o in gc.get_objects()))",),
        shows=("False False",)),
    Attack("hidden arguments in every output",
           "seen = []\ndef segment_ids(index, mark):\n    seen.append(index)\n    print('LEAK', index)\n"
           "    open('/tmp/leak', 'a').write(str(index))\n    raise ValueError(f'LEAK {index}')\n",
           after=("print(seen, __import__('os').path.exists('/tmp/leak'))",), shows=("[] False",), hides=LEAKS),
    Attack("hidden arguments in the answer", "def segment_ids(index, mark):\n    return f'LEAK {index} {mark}'\n",
           hides=LEAKS),
    # Leaving the sandbox.
    Attack("the network", before=(
        "import socket\ntry:\n    socket.create_connection(('1.1.1.1', 53), 2)\n    print('out')\n"
        "except OSError as e:\n    print('no way', e)",), shows=("no way",)),
    Attack("writing to the system", before=("!touch /usr/here /here /etc/here 2>&1; mount -t tmpfs x /mnt",),
           shows=("Read-only file system",)),
    Attack("more namespaces", before=("!unshare --user --map-root-user true && echo unshared",),
           hides=("unshared\\r",)),
    Attack("killing everything", before=("import os, signal\nos.kill(-1, 9)",)),
    # Exhausting resources.
    Attack("a fork bomb", RIGHT, (
        "import os, time\npids = []\ntry:\n    for _ in range(300):\n        p = os.fork()\n"
        "        if p == 0: time.sleep(60); os._exit(0)\n        pids.append(p)\nexcept OSError:\n    pass\n"
        "print('forked', len(pids) < 100)\nfor p in pids: os.kill(p, 9)\nfor p in pids: os.waitpid(p, 0)",),
        points=10, shows=("forked True",)),
    Attack("a memory bomb", RIGHT, ("x = bytearray(6 * 2**30)",), points=10, shows=("MemoryError",)),
    Attack("a memory bomb of many processes", RIGHT, (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = b'x' * (200 * 2**20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)",), points=10, noted=True, shows=("MB of memory",)),
    Attack("a full disk", RIGHT, (
        "try:\n    for n in range(20):\n        open(f'f{n}', 'wb').write(bytes(100 * 2**20))\n"
        "except OSError as e:\n    print('stopped', e.errno)",), points=10, shows=("stopped 28",)),
    Attack("a million files", RIGHT, (
        "try:\n    for n in range(10**6): open(f'f{n}', 'w').close()\nexcept OSError as e:\n"
        "    print('stopped', e.errno)",),
        points=10, shows=("stopped 28",)),
    Attack("100 MB of output", RIGHT, ("print('y' * 10**8)", "!yes | head -c 10000000",
           "import subprocess\nsubprocess.run('yes | head -c 100000000', shell=True)"), points=10, noted=True),
    Attack("a survivor", RIGHT, (
        "import subprocess\nsubprocess.Popen(['setsid', 'sleep', '31415'], start_new_session=True)\nprint('left')",),
        points=10, shows=("left",)),
)  # fmt: skip
