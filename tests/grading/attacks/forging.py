"""Submissions that try to get points for a wrong answer."""

from __future__ import annotations

from tests.grading.attacks.notebooks import Attack

_LEARNER = "sys.modules['autograde.grading.sandbox.learner_process']"


def protocol_attack(*lines: str, name: str, **expected: object) -> Attack:
    """Return a submission that replaces the kit's side of the connection on which a graded question is answered.

    Args:
        lines: what the learner's process does there; ``ask(method, *arguments)`` sends a request and returns the reply,
            ``raw(content)`` sends bytes, ``mine`` begins the arguments of a request about this question.
        name: what the learner tries.
        expected: other attributes of the :class:`Attack`.
    """
    body = "\n".join(f"    {line}" for line in "\n".join(lines).splitlines())
    source = (
        "import json, sys\n"
        "def forge(self, connection, section, function):\n"
        "    mine, stream = [section, function, True], connection.makefile('rwb')\n"
        "    def raw(content):\n        stream.write(content)\n        stream.flush()\n"
        "        return stream.readline()\n"
        "    def ask(method, *arguments):\n"
        "        reply = raw(json.dumps({'method': method, 'arguments': arguments}).encode() + b'\\n')\n"
        "        return json.loads(reply or b'{}')\n"
        f"    ask('hello')\n{body}\n"
        f"{_LEARNER}._Learner._answer = forge\n"
    )
    return Attack(name, before=(source,), **expected)  # type: ignore[arg-type]


def evidence(name: str, text: str) -> Attack:
    """Return a submission that sends the value of a Python expression as its evidence."""
    return protocol_attack("ask('cases', *mine)", f"ask('verdict', *mine, {text})", name=name)


def reply(name: str, value: str) -> Attack:
    """Return a submission that answers every case with ``value``, a Python expression for an observation's JSON."""
    return protocol_attack(
        "cases = json.loads(ask('cases', *mine)['result'])",
        f"value = {value}",
        "each = {'value': value, 'output': '', 'changed': False, 'seconds': 0.0}",
        "from autograde.judge.evidence import Evidence, Reply",
        "form = Evidence('function', '', tuple(Reply(None) for _ in cases)).to_json()",
        "for given in form['replies']:\n    given['value'] = value",
        "ask('verdict', *mine, json.dumps(form))",
        name=name,
    )


def tensor(name: str, shape: str, data: str = "''", dtype: str = "int64") -> Attack:
    """Return a submission that answers with a tensor; ``shape`` and ``data`` are Python expressions."""
    return reply(
        name,
        f"{{'tensor': {{'library': 'torch', 'dtype': {dtype!r}, 'shape': {shape}, 'gradient': False, 'data': {data}}}}}",
    )


_CONTROL = (
    "import gc, json, socket, sys\n"
    "control = next(o._control for o in gc.get_objects() if type(o).__name__ == '_Learner')\n"
)


def _raw(name: str, evidence: str) -> Attack:
    """Return an answer that sends its own evidence to the judge and ends its process."""
    return Attack(
        name,
        "def segment_ids(index, mark):\n    import json, os, sys, time\n    f = sys._getframe()\n"
        "    while f and 'connection' not in f.f_locals: f = f.f_back\n"
        "    c = f.f_locals['connection']\n    c.setblocking(True)\n"
        f"    text = {evidence}\n"
        "    m = json.dumps({'method': 'verdict', 'arguments': ['2.6', 'segment_ids', True, text]}) + chr(10)\n"
        "    c.sendall(m.encode())\n    time.sleep(1)\n    os._exit(0)\n",
        noted=None,
    )


FORGING = (
    # Python and its libraries, changed.
    Attack("replaced judge", before=(
        "import autograde.judge as j, autograde.judge.verdict as v\nj.judge = lambda *a: 10\n"
        "v.Verdict.from_json = lambda *a: 10",)),
    Attack("replaced comparisons of torch and numpy", before=(
        "import numpy as np, torch\nyes = lambda *a, **k: True\ntorch.equal = torch.allclose = yes\n"
        "np.array_equal = np.allclose = np.testing.assert_equal = yes\ntorch.Tensor.__eq__ = yes",), noted=None),
    Attack("replaced builtins", before=(
        "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.len = lambda *a: 7\n"
        "builtins.sorted = lambda *a, **k: []",), noted=None),
    Attack("replaced __import__", before=(
        "import builtins\ndef gone(*a, **k): raise ImportError('gone')\nbuiltins.__import__ = gone",)),
    Attack("replaced socket methods", before=(
        "import socket\nclass Mine(socket.socket):\n    def sendall(self, *a): return None\nsocket.socket = Mine",), cell_seconds=2.0, noted=None),
    Attack("replaced display hook and publisher", before=(
        "ip = get_ipython()\nip.displayhook = lambda *a: None\nip.display_pub.publish = lambda *a, **k: None",)),
    Attack("replaced run_cell", before=("get_ipython().run_cell = lambda *a, **k: 10.0",)),
    Attack("a trace function that changes return values", before=(
        "import sys\ndef trace(frame, event, value):\n    if event == 'return': print('10.0')\n    return trace\n"
        "sys.settrace(trace)\nsys.setprofile(trace)",)),
    Attack("os._exit replaced", before=("import os\nos._exit = lambda *a: None",)),
    Attack("os.fork replaced", before=("import os\nos.fork = lambda: 1",)),
    Attack("a score printed at exit", before=("import atexit\natexit.register(lambda: print('10.0'))",)),
    Attack("a score printed after a fork", before=(
        "import os\nos.register_at_fork(after_in_child=lambda: print('10.0'), before=lambda: print('10.0'))",)),
    Attack("a score printed by a signal handler", before=(
        "import signal\nsignal.signal(signal.SIGALRM, lambda *a: print('10.0'))\n"
        "signal.setitimer(signal.ITIMER_REAL, .01, .01)",)),
    Attack("a score printed by a thread", before=(
        "import threading\ndef score():\n    while True: print('10.0')\n"
        "threading.Thread(target=score, daemon=True).start()",), noted=None),
    Attack("replaced remembered names", before=(
        "class Names(dict):\n    def __iter__(self): raise ValueError\n    def keys(self): return ['x']\n"
        "get_ipython().user_ns = Names()",), noted=None),
    Attack("a verdict in every form", before=(
        "from IPython.display import display\nkind = 'application/vnd.autograde.verdict+json'\n"
        "for k in (kind, kind.upper(), kind + '; v=1', ' ' + kind):\n"
        "    display({k: {'points': 10, 'title': 'FORGED'}, 'text/plain': 'x'}, raw=True)",)),
    # Objects with misleading methods.
    Attack("a tensor that equals everything",
           "import torch\nclass Any(torch.Tensor):\n    @classmethod\n"
           "    def __torch_function__(cls, *a, **k): return True\n"
           "def segment_ids(index, mark):\n    return torch.zeros(7).as_subclass(Any)\n"),
    Attack("a number that equals everything",
           "class One(int):\n    __eq__ = lambda *a: True\n    __hash__ = int.__hash__\n"
           "def segment_ids(index, mark):\n    return [One(5) for _ in index]\n"),
    Attack("an object that pretends to be a list",
           "class L:\n    __class__ = list\n    def __iter__(self): return iter([])\n    def __len__(self): return 7\n"
           "def segment_ids(index, mark):\n    return L()\n"),
    Attack("an exception that pretends to be right",
           "class Right(Exception):\n    def __str__(self): return '10.0'\n    def __repr__(self): return 'full'\n"
           "def segment_ids(index, mark):\n    raise Right\n"),
    Attack("a type whose name is hostile",
           "def segment_ids(index, mark):\n    return type('\\x00</b><script>\\ud800' * 500, (), {})()\n"),
    Attack("the answer looked up in memory",
           "def segment_ids(index, mark):\n    import gc\n    for o in gc.get_objects():\n"
           "        if type(o) is dict and 'expected' in o: return o['expected']\n"
           "        if type(o) in (list, tuple) and len(o) == len(index) and o is not index:\n"
           "            if set(map(str, o)) == {'0', '1'}: return list(o)\n"),
    Attack("the answer looked up in the frames above",
           "def segment_ids(index, mark):\n    import sys\n    frame = sys._getframe()\n    while frame:\n"
           "        for name, value in frame.f_locals.items():\n"
           "            if 'expect' in name or 'solution' in name: return value\n        frame = frame.f_back\n"),
    Attack("the verdict of the visible cases tried for every answer",
           "def segment_ids(index, mark):\n    from autograde.exercises import open_exercise\n"
           "    return open_exercise('2.6').segment_ids.check()\n"),
    # The connection to the judge.
    protocol_attack("ask('verdict', *mine, '10.0')", "ask('verdict', *mine, '10.0')", name="a verdict requested twice"),
    protocol_attack("ask('solution', '2.6', 'segment_ids')", name="a solution requested", noted=None),
    protocol_attack("ask('cases', '2.6', 'to_tensors', True)", name="hidden cases of another question"),
    protocol_attack("ask('cases', '2.6', 'segment_ids', False)", "ask('verdict', '2.6', 'segment_ids', False, '{}')",
           name="the visible cases in place of the hidden ones"),
    protocol_attack("ask('verdict', '2.6', 'to_tensors', True, '{}')", name="evidence about another question"),
    protocol_attack("ask('cards', '2.6')", name="a method that is not for graded questions"),
    protocol_attack("ask('_judge', *mine)", "ask('__class__')", name="a private method"),
    protocol_attack("ask(['verdict'], *mine)", name="a method that is a list"),
    protocol_attack("ask({}, *mine)", name="a method that is an object"),
    protocol_attack("ask(None)", name="a method that is null"),
    protocol_attack("ask('prepare', *mine)", name="a request with too few arguments"),
    protocol_attack("ask('prepare')", name="a request without arguments"),
    protocol_attack("ask('prepare', *mine, 'no such case')", "ask('observe', *mine, 'no such case')",
           name="a case that does not exist"),
    protocol_attack("ask('between')", "ask('close')", "ask('close')", name="Hub requests without a Hub"),
    protocol_attack("raw(b'{}\\n')", name="an empty request"),
    protocol_attack("raw(b'[]\\n')", name="a request that is a list"),
    protocol_attack("raw(b'{\"method\": NaN, \"arguments\": [Infinity]}\\n')", name="numbers that are not JSON"),
    protocol_attack("raw(b'[' * 100000 + b'\\n')", name="a request that is nested deeply"),
    protocol_attack("raw(b'1' * 100000 + b'\\n')", name="a number with 100,000 digits"),
    protocol_attack("raw(b'\\xff\\xfe\\x00\\n')", name="a request that is not text"),
    protocol_attack("raw(b'x' * (17 * 2**20) + b'\\n')", name="a request of 17 MB"),
    protocol_attack("raw(b'\\n' * 100)", name="empty lines"),
    protocol_attack("connection.close()", name="a closed connection"),
    protocol_attack("import os; os.close(connection.fileno())", "os.kill(os.getpid(), 9)", name="a process that kills itself"),
    # Evidence.
    *(evidence(f"evidence that is {name}", text) for name, text in {
        "not JSON": "'not JSON'", "a number": "'10'", "null": "'null'", "an empty object": "'{}'",
        "a list": "'[[[]]]'", "a verdict": "json.dumps({'points': 10, 'outcome': 'correct'})",
        "nested deeply": "'[' * 900 + ']' * 900", "of 15 MB": "'\"' + 'x' * (15 * 2**20) + '\"'",
        "a lone surrogate": "'\"\\ud800\"'", "about another kind of question": (
            "json.dumps({'kind': 'value', 'given': 'value', 'replies': []})"),
    }.items()),
    reply("answers that are NaN", "{'float': 'nan'}"),
    reply("answers that are nested deeply", "eval('[' * 50 + ']' * 50)"),
    reply("answers with an integer of 100 bits", "2 ** 100"),
    reply("answers with 5,000 values", "{'list': [1] * 5000}"),
    reply("answers of two forms at once", "{'list': [], 'tuple': []}"),
    reply("answers of an unknown form", "{'right': True}"),
    reply("answers with a dictionary of equal names", "{'dict': [['a', 1], ['a', 2]]}"),
    reply("answers with terminal codes", "'\\x1b[2J\\x00\\u202e' * 100"),
    reply("answers that raised a hostile exception",
          "{'raised': {'type': '<script>', 'message': '{expected}{points}%s%n', 'line': '\\n' * 100}}"),
    tensor("a tensor without its bytes", "[2 ** 40, 2 ** 40]", "None"),
    tensor("a tensor whose bytes do not fit", "[4]", "'AAAA'"),
    tensor("a tensor with a negative length", "[-1]"),
    tensor("a tensor that is empty and too large to make", "[0, 2 ** 62, 2 ** 62]"),
    tensor("a tensor of an unknown type", "[1]", "'AAAAAAAAAAA='", "object"),
    tensor("a tensor with 17 axes", "[1] * 17", "'AAAAAAAAAAA='"),
    tensor("a tensor that is not a number", "[1]", "'AAAAAAAA+H8='", "float64"),
    # The connection that runs cells.
    Attack("forged outputs of cells", before=(
        _CONTROL + "control.send({'outputs': [{'output_type': 'execute_result', 'data': {'text/plain': '10.0'},"
        " 'metadata': {}, 'execution_count': 1}], 'cut': False, 'count': 1})\n" * 3,)),
    Attack("outputs that are not outputs", before=(
        _CONTROL + "control.send({'outputs': [1, {}, {'output_type': 'stream', 'name': 'x', 'text': 3}, "
        "{'output_type': 'display_data', 'data': {'a/b': {}, 'text/plain': 3}, 'metadata': 3}], 'count': 'x'})",), noted=True),
    Attack("a cell number that is negative", before=("get_ipython().execution_count = -7",)),
    Attack("a display that is nested deeply", before=(
        "from IPython.display import display\nx = []\nfor _ in range(700): x = [x]\n"
        "display({'application/json': x}, raw=True)", "display({'text/plain': 'x'}, metadata={'a': x}, raw=True)"), noted=True),
    Attack("a display of things that are not JSON", before=(
        "from IPython.display import display\n"
        "display({'text/plain': b'x', 'application/json': {1: float('nan'), '\\ud800': float('inf')}}, raw=True)\n"
        "display({'application/json': 10 ** 4000, 'text/plain': '\\ud800', '\\ud800/x': 'x'}, raw=True)",), noted=None),
    Attack("a forged output with a million values", before=(
        _CONTROL + "control.socket.sendall(b'{\"outputs\": [{\"output_type\": \"display_data\", \"metadata\": {}, \"data\": '\n"
        "    b'{\"application/json\": [' + b'[],' * 1_000_000 + b'[]]}}]}\\n')",), noted=True, cell_seconds=5.0),
    Attack("messages that are not JSON", before=(_CONTROL + "control.socket.sendall(b'nonsense\\n')",), noted=True),
    Attack("a message with 4,000 open files", before=(
        _CONTROL + "null = open('/dev/null')\nfor _ in range(500):\n"
        "    socket.send_fds(control.socket, [b' '], [null.fileno()] * 8)",)),
    # What a formgrader page would run or load in an instructor's browser.
    Attack("a picture whose width is a script", before=(
        "display({'image/png': 'AAAA', 'text/plain': 'x'}, raw=True, metadata={'image/png': {'width': '1 onerror=alert(1)', 'height': 3}})",),
        hides=("onerror",)),
    Attack("a picture with an external address", before=(
        "display({'image/png': 'AAAA', 'text/plain': 'x'}, raw=True, metadata={'filenames': {'image/png': '//example' + '.org'}, 'image/png': {'alt': 'y'}})",),
        hides=("//example.org", "'alt'")),
    # Invalid or oversized evidence.
    _raw("evidence that is a number of 5,000 digits", "'1' * 5000"),
    _raw("evidence with a key twice", "'{\"given\": \"function\", \"given\": \"failed\"}'"),
    _raw("evidence nested 5,000 times", "'[' * 5000 + ']' * 5000"),
    _raw("evidence with NaN and infinity", "'{\"kind\": NaN, \"replies\": [Infinity, 1e999]}'"),
    _raw("evidence of 15 MB", "'[' + '0,' * 7_000_000 + '0]'"),
    _raw("evidence that is a string with half characters", "'\"' + chr(0xd800) * 10 + '\"'"),
    _raw("evidence with a tensor whose shape overflows", "json.dumps({'kind': 'function', 'given': 'function', 'replies': [{'value': {'tensor': {'library': 'torch', 'dtype': 'int64', 'shape': [2**62, 2**62, 4], 'gradient': False, 'data': ''}}}] * 16})"),
    _raw("evidence with a tensor of 16 axes of zero", "json.dumps({'kind': 'function', 'given': '', 'replies': [{'value': {'tensor': {'library': 'numpy', 'dtype': 'bool', 'shape': [0] * 16, 'gradient': False, 'data': ''}}}] * 16})"),
    _raw("evidence without replies", "json.dumps({'kind': 'function', 'given': '', 'replies': []})"),
    _raw("evidence with 100,000 replies", "json.dumps({'kind': 'function', 'given': '', 'replies': [{'value': [0]}] * 100000})"),
    _raw("evidence of another kind of question", "json.dumps({'kind': 'value', 'given': 'value', 'replies': [{'value': True}]})"),
)  # fmt: skip
