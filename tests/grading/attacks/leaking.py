"""Submissions that try to read hidden cases, answers, the course's secret, or the machine."""

from __future__ import annotations

from tests.grading.attacks.forging import protocol_attack
from tests.grading.attacks.notebooks import LEAKS, STARTED, Attack

#: Prints the result of the expression ``found``, a list.
_FOUND = "\nprint('found', found)"


def _answers(name: str, body: str, **more: object) -> Attack:
    """Return a submission whose answer, called with hidden arguments, runs ``body``."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Attack(name, f"def segment_ids(index, mark):\n{lines}", hides=LEAKS, **more)  # type: ignore[arg-type]


LEAKING = (
    # Hidden arguments leaked by an answer.
    _answers("hidden arguments in the name of an exception",
             "raise type('LEAK [' + '_'.join(map(str, index)), (Exception,), {})(mark)"),
    _answers("hidden arguments in the name of a type", "return type(f'LEAK {index}', (), {})()"),
    _answers("hidden arguments as keys", "return {f'LEAK {index}': 1}"),
    _answers("hidden arguments in a line of code",
             "exec(compile(f'raise ValueError(\"LEAK {index}\")', f'LEAK {index}', 'exec'))"),
    _answers("hidden arguments as a warning", "import warnings\nwarnings.warn(f'LEAK {index}')"),
    _answers("hidden arguments as a log line", "import logging\nlogging.getLogger().error(f'LEAK {index}')"),
    _answers("hidden arguments to the descriptors of the process",
             "import os\nfor n in range(3, 40):\n    try: os.write(n, f'LEAK {index}'.encode())\n"
             "    except OSError: pass"),
    _answers("hidden arguments as a display",
             "from IPython.display import display\ndisplay({'text/html': f'LEAK {index}'}, raw=True)"),
    _answers("hidden arguments in an earlier display", "shown.update(f'LEAK {index}')"),
    _answers("hidden arguments in the number of a cell", "get_ipython().execution_count = index[0]"),
    _answers("hidden arguments as the name of a process",
             "open('/proc/self/comm', 'w').write(f'LEAK {index}')\nraise SystemExit(f'LEAK {index}')"),
    _answers("hidden arguments in a later run of the cells",
             "open('/dev/shm/l', 'w').write(f'LEAK {index}')\nimport os\nos._exit(1)",
             before=("import os\nprint(open('/dev/shm/l').read() if os.path.exists('/dev/shm/l') else 'none')",)),
    protocol_attack("cases = ask('cases', *mine)['result']",
           "ask('verdict', *mine, json.dumps({'kind': 'function', 'given': f'LEAK {cases}', 'replies': []}))",
           name="hidden cases in the form of the evidence", hides=("LEAK",)),
    protocol_attack("cases = ask('cases', *mine)['result']", "ask(f'LEAK [1 {cases}', *mine)",
           name="hidden cases in a method's name", hides=LEAKS),
    protocol_attack("for n in range(3):\n    reply = ask('verdict', *mine, '{}')\n    print('LEAK [1', reply)",
           name="the verdict returned to the process", hides=LEAKS),
    # Hidden arguments left on a self-check's Hub for the second run of the notebook.
    _answers("hidden arguments left on the Hub of a self-check",
             "import os, signal, urllib.request\n"
             "def ask(*words):\n"
             "    stream = connection.makefile('rwb')\n"
             "    stream.write(json.dumps({'method': words[0], 'arguments': words[1:]}).encode() + bytes([10]))\n"
             "    stream.flush()\n    return json.loads(stream.readline() or b'{}')\n"
             "mine = '2.3', 'create_repository', False\n"
             "for case in ('first', 'second'):\n"
             "    found = json.loads(ask('prepare', *mine, case)['result'])\n"
             "    made = json.dumps({'name': 'LEAK-' + '-'.join(map(str, index))}).encode()\n"
             "    headers = {'Authorization': 'Bearer ' + found['token'], 'Content-Type': 'application/json'}\n"
             "    asked = urllib.request.Request(found['endpoint'] + '/api/repos/create', made, headers)\n"
             "    urllib.request.urlopen(asked).read()\n    ask('observe', *mine, case)\n"
             "os.kill(os.getppid(), signal.SIGKILL)",
             before=(
                 "import gc, json, os, socket\nfrom autograde.exercises import open_exercise\n"
                 "from autograde.judge.evidence import Evidence, Reply\nfrom autograde.referee.remote import RemoteReferee\n"
                 "import sys\nfor m in list(sys.modules.values()):\n    if '_release_connections' in getattr(m, '__dict__', {}): m._release_connections = lambda own: None\n"
                 "open_exercise('2.6').segment_ids.check()\n"
                 "r = next(o for o in gc.get_objects() if type(o) is RemoteReferee)\n"
                 "form = json.dumps(Evidence('function', '', (Reply(None), Reply(None))).to_json())\n"
                 "print(r.verdict('2.3', 'create_repository', False, form))\n"
                 "connection = socket.socket(fileno=os.dup(r._connection.fileno()))\nconnection.setblocking(True)",),
             shows=("never took place",)),
    # What the process contains.
    Attack("the judge in memory", before=(
        "import sys\nprint('found', [n for n in sys.modules if n.startswith('autograde.questions') or "
        "n in ('autograde.grading.sandbox.referees', 'autograde.referee.local')])",), shows=("found []",)),
    Attack("the secret in the bytes of the process", before=(
        "import re\nfound, memory = set(), open('/proc/self/mem', 'rb')\n"
        "want = re.compile(bytes([116, 104, 101]) + b' course.s (secret)')\n"
        "for line in open('/proc/self/maps'):\n    a, b = (int(x, 16) for x in line.split()[0].split('-'))\n"
        "    if 'rw' not in line or b - a > 2**28: continue\n    memory.seek(a)\n"
        "    try: found |= {m for m in want.findall(memory.read(b - a))}\n    except OSError: pass\n"
        "print('found', len(found))",), shows=("found 0",)),
    Attack("the open files of the process", before=(
        "import os\nfound = [t for n in range(100) if os.path.lexists(f'/proc/self/fd/{n}') and (t := os.readlink(f'/proc/self/fd/{n}')) and "
        "not t.startswith(('/dev/null', '/memfd:', 'socket:', 'anon_inode:', 'pipe:', '/proc/', '/learner/'))]"
        + _FOUND,), shows=("found []",)),
    Attack("files of process 1", before=(
        "import os\nfor what in ('fd', 'root', 'cwd', 'mem', 'environ', 'maps', 'ns'):\n"
        "    try:\n        p = f'/proc/1/{what}'\n"
        "        print('open', what, os.listdir(p) if os.path.isdir(p) else open(p, 'rb').read(10))\n"
        "    except OSError as e: print('closed', what)",), shows=("closed fd", "closed mem", "closed environ")),
    Attack("tracing process 1", before=(
        "import ctypes\nprint('traced', ctypes.CDLL(None).ptrace(16, 1, 0, 0))",), shows=("traced -1",)),
    Attack("the memory of process 1, by process_vm_readv", before=(
        "import ctypes, os\nclass V(ctypes.Structure): _fields_ = (('b', ctypes.c_void_p), ('n', ctypes.c_size_t))\n"
        "b = ctypes.create_string_buffer(64)\nv = V(ctypes.cast(b, ctypes.c_void_p), 64)\n"
        "print('read', ctypes.CDLL(None).process_vm_readv(1, ctypes.byref(v), 1, ctypes.byref(v), 1, 0))",),
        shows=("read -1",)),
    Attack("files of process 1, by pidfd_getfd", before=(
        "import ctypes, os\np = os.pidfd_open(1)\n"
        "print('got', [ctypes.CDLL(None).syscall(438, p, n, 0) for n in range(8)])",),
        shows=("got [-1, -1, -1, -1, -1, -1, -1, -1]",)),
    Attack("other processes", before=(
        "import os\nprint('found', len([p for p in os.listdir('/proc') if p.isdigit()]) <= 3)",), shows=("found True",)),
    Attack("kernel keys", before=(
        "import ctypes\nk = ctypes.CDLL(None).syscall(250, 0, -4, 0)\n"
        "b = ctypes.create_string_buffer(999)\nn = ctypes.CDLL(None).syscall(250, 11, -4, b, 999)\n"
        "print('keys', n, b.raw[:max(n, 0)])",), hides=("secret",)),
    # What the machine contains.
    Attack("the source of the graded cells", before=("print('found', In, [k for k in globals() if 'expected' in k])",),
           hides=("boundary = index.index(mark)",)),
    Attack("the environment", before=(
        "import os\nprint('found', sorted(k for k in os.environ if any(w in k for w in "
        "('SEED', 'TOKEN', 'SECRET', 'PASSWORD', 'SSH', 'AWS', 'PYTEST'))))",), hides=("SEED", "PYTEST", "SECRET")),
    Attack("the grader's folders", before=(
        "import os\nfound = [p for p in ('/root', '/home', '/work', '/mnt', '/srv', '/opt/secret', '/boot', '/sys') "
        "if os.path.isdir(p) and any(n.endswith(('.db', '.ipynb', '.ssh')) for n in os.listdir(p))]" + _FOUND,),
        shows=("found []",)),
    Attack("the sources of the course and other submissions", before=(
        "import os, autograde\nroot = os.path.dirname(os.path.dirname(autograde.__file__))\n"
        "found = [n for n in ('source', 'tests', 'gradebook.db', 'submitted', '.git', 'course') "
        "if os.path.exists(f'{root}/{n}')]" + _FOUND,), shows=("found []",)),
    Attack("the modules of the judging side", before=tuple(
        f"import importlib\nimportlib.import_module('autograde.{name}')"
        for name in ("questions.assignments", "grading.samples", "instructors", "referee.local", "classroom")),
        hides=("boundary = index.index(mark)",)),
    Attack("raw disks and memory of the machine", before=(
        "import os\nfound = []\nfor p in ('/dev/sda', '/dev/vda', '/dev/mem', '/dev/kmsg', '/proc/kcore', "
        "'/dev/fuse', '/proc/sysrq-trigger'):\n    try: found.append(open(p, 'rb') and p)\n    except OSError: pass"
        + _FOUND,), shows=("found []",)),
    Attack("sockets of the machine", before=(
        "print('found', [l for l in open('/proc/net/unix').read().splitlines()[1:] if '/' in l or '@' in l])",),
        shows=("found []",)),
    Attack("services on the machine's loopback", before=(
        "import socket\nfound = []\nfor port in (22, 80, 443, 5432, 8000, 8888, 9000):\n    s = socket.socket()\n"
        "    s.settimeout(.2)\n    if s.connect_ex(('127.0.0.1', port)) == 0: found.append(port)" + _FOUND,),
        shows=("found []",)),
    Attack("names of the internet", before=(
        "import socket\ntry: print('found', socket.getaddrinfo('huggingface.co', 443))\n"
        "except OSError as e: print('no names')",), shows=("no names",)),
    Attack("the user and the capabilities", before=(
        "import os\nprint('user', os.getuid(), os.geteuid(), [l for l in open('/proc/self/status') if 'CapEff' in l or "
        "'NoNewPrivs' in l])",), shows=("user 1000 1000", "0000000000000000", "NoNewPrivs:\\\\t1")),
    Attack("becoming root", before=("import os\nos.setuid(0)", "!su -c id 2>&1; sudo -n id 2>&1 | head -1"),
           shows=("Error",), hides=("uid=0(root)",)),
    Attack("changing the root folder", before=("import os\nos.chroot('/tmp')",), shows=("PermissionError",)),
    Attack("making a device", before=("import os\nos.mknod('/tmp/sda', 0o60666, os.makedev(8, 0))",),
           shows=("PermissionError",)),
    # What the judge reveals in a self-check.
    Attack("the secret in the verdict of a self-check", before=(
        "from autograde.referee.remote import RemoteReferee\nimport gc, socket, json, os\n"
        "from autograde.exercises import open_exercise\nopen_exercise('2.6').segment_ids.check()\n"
        "r = next(o for o in gc.get_objects() if type(o) is RemoteReferee)\n"
        "print(r.verdict('2.6', 'segment_ids', False, '{}'))",), hides=("the course",), shows=("outcome",)),
    Attack("hidden cases requested in a cell", before=(
        "from autograde.referee.remote import RemoteReferee\nimport gc\n"
        "from autograde.exercises import open_exercise\nopen_exercise('2.6').segment_ids.check()\n"
        "r = next(o for o in gc.get_objects() if type(o) is RemoteReferee)\n"
        "for graded in (True, 1, 'yes', [1]):\n    try: print('LEAK [1', r.cases('2.6', 'segment_ids', graded))\n"
        "    except Exception as e: print('refused')",), hides=LEAKS, shows=("refused",)),
    # A verdict quotes what an answer raised or returned: the quote must not have room for a whole case.
    Attack("hidden numbers quoted by a notebook that lists every number", "def segment_ids(index, mark):\n    raise ValueError('LEAK ' + str(index))\n",
           ("# " + " ".join(map(str, range(31_000))),), hides=LEAKS),
    *(Attack(f"hidden numbers spelt with {kind}", f"W = {words!r}.split()\ndef segment_ids(index, mark):\n"
             "    said = ' '.join(W[int(d)] for d in ''.join(f'{n:05}' for n in index[:8]))\n"
             f"    {how}\n", ("zzend = 1",), hides=("zzend",))
      for kind, words, how in (
          ("first names", "anna bert carl dora emil fred gina hans ida jane", "raise ValueError(said + ' zz' + 'end')"),
          ("usual words", "line list item index value error key and or not", "raise ValueError(said + ' zz' + 'end')"),
          ("marks", "! !! !!! !!!! - -- --- ---- / //", "raise ValueError(said + ' zz' + 'end')"),
          ("the name of a type", "anna bert carl dora emil fred gina hans ida jane", "return type(said + ' zz' + 'end', (), {})()"),
          ("the name of an exception", "Anna Bert Carl Dora Emil Fred Gina Hans Ida Jane", "raise type(said.replace(' ', '_') + ' zz' + 'end', (ValueError,), {})('x')"),
      )),
    Attack("hidden cases kept for the second run", "def segment_ids(index, mark):\n    import os\n"
           "    for p in ('/tmp/k', '/learner/k', 'k', '/dev/shm/k', '/var/k', '/run/k'):\n"
           "        try: open(p, 'w').write('LEAK ' + str(index))\n        except OSError: pass\n    os._exit(1)\n",
           ("import glob\nfor p in ('/tmp/k', '/learner/k', 'k', '/dev/shm/k', '/var/k', '/run/k'):\n"
            "    try: print(open(p).read())\n    except OSError: pass",), hides=LEAKS, noted=None),
    Attack("hidden numbers as the length of a list", "def segment_ids(index, mark):\n    return [0] * int('17' + '42')\n", hides=("got 1742",)),
    # A machine has one clock, and counters that all its processes share: an answer can wait until they say a hidden number.
    Attack("hidden cases told to the second run by the clock", "def segment_ids(index, mark):\n    import os, signal, time\n"
           "    time.sleep(4)\n    os.kill(-1, signal.SIGKILL)\n",
           (f"import time\nprint('LEAK [1' if time.time() > {STARTED} + 4 else 'first run')",), hides=LEAKS, shows=("first run",), noted=None),
    Attack("hidden cases told to the second run by the cell that ends Python", "def segment_ids(index, mark):\n    import os, signal, time\n"
           "    time.sleep(4)\n    os.kill(-1, signal.SIGKILL)\n",
           (f"import os, time\nprint('first run')\nif time.time() > {STARTED} + 4:\n    os._exit(1)",), hides=("LeftOut", "left out"), shows=("first run",)),
    Attack("answers to the grader's messages sent before it asks", before=(
        "import gc, json, socket\ncontrol = next(o._control for o in gc.get_objects() if type(o).__name__ == '_Learner')\n"
        "line = json.dumps({'outputs': [], 'count': 1, 'remembered': True, 'kept': True}).encode() + b'\\n'\n"
        "control.socket.sendall(line * 20)\nm = {}\nwhile m.get('do') not in ('answer', 'keep'): m = control.receive(10)\n"
        "a = socket.socket(fileno=control.files.pop(0))\n"
        "a.sendall(b'{\"method\": \"hello\", \"arguments\": []}\\n')\na.settimeout(10)\na.recv(1000)\n"
        "a.sendall(json.dumps({'method': 'cases', 'arguments': ['2.6', 'segment_ids', True]}).encode() + b'\\n')\n"
        "text = 'GOT ' + a.recv(100000).decode()\n"
        "line = json.dumps({'outputs': [{'output_type': 'stream', 'name': 'stdout', 'text': text}], 'count': 3}).encode() + b'\\n'\n"
        "control.socket.sendall(line * 20)\na.sendall(b'[]\\n')",), after=("print('after')",), hides=("GOT {",), noted=None),
    Attack("hidden numbers leaked by timing", "def segment_ids(index, mark):\n    import time\n    time.sleep(min(index[1] % 7, 3) * .1)\n    return None\n"),
    Attack("modules of the judging side read through a library's own imports", before=(
        "import importlib.util, sys, zipimport, pkgutil\nfound = []\nfor n in ('autograde.questions', 'autograde.grading.sandbox.referees', 'autograde.referee.local', 'autograde.judge.misconceptions'):\n"
        "    try:\n        s = importlib.util.find_spec(n)\n        found.append((n, len(s.loader.get_source(n))))\n    except BaseException as e: pass\nprint('found', [f for f in found if f[1] > 100])",), shows=("found []",)),
    Attack("cached bytecode of hidden modules", before=(
        "import autograde, glob, os\nroot = os.path.dirname(autograde.__file__)\nprint('found', [p for p in glob.glob(root + '/**/*.pyc', recursive=True) if any(w in p for w in ('questions', '/grading/', 'referee/__pycache__/local', 'hubs'))])",), shows=("found []",)),
    Attack("strings of the judge in the memory of the template", before=(
        "import re\nhits = 0\nfor line in open('/proc/self/maps'):\n    r = line.split()\n    if 'r' not in r[1] or (len(r) > 5 and r[5] != '[heap]'): continue\n    a, b = (int(x, 16) for x in r[0].split('-'))\n"
        "    try:\n        with open('/proc/self/mem', 'rb', 0) as f:\n            f.seek(a); d = f.read(min(b - a, 2**26))\n        hits += len(re.findall(rb'separator[-]in[-]second|the course.s sec[r]et', d))\n    except (OSError, ValueError, OverflowError): pass\nprint('hits', hits)",), shows=("hits 0",), noted=None),
    Attack("paths of the machine in mountinfo", before=("t = open('/proc/self/mountinfo').read()\nprint('paths', [l.split()[3] for l in t.splitlines() if '/home' in l.split()[3] or 'course' in l.split()[3] or '/submitted' in l.split()[3]])",), shows=("paths []",)),
)  # fmt: skip
