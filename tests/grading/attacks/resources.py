"""Submissions that exhaust resources. Each bomb is bounded: a missing limit fails a test, not the machine."""

from __future__ import annotations

from tests.grading.attacks.forging import protocol_attack
from tests.grading.attacks.notebooks import RIGHT, Attack


def _honest(name: str, *before: str, **more: object) -> Attack:
    """Return a bomb next to a right answer, which must keep its points."""
    return Attack(name, RIGHT, before, points=10, **more)  # type: ignore[arg-type]


_CONTROL = (
    "import gc, json, os, socket, time\n"
    "control = next(o._control for o in gc.get_objects() if type(o).__name__ == '_Learner')\n"
)

RESOURCES = (
    _honest("a thread bomb", "import threading, time\nn = 0\nend = threading.Event()\ntry:\n    for n in range(300):\n"
            "        threading.Thread(target=end.wait, args=(60,), daemon=True).start()\nexcept RuntimeError: pass\n"
            "print('started', n < 150)\nend.set()", shows=("started True",)),
    _honest("deep recursion", "def f(): return f()\nf()", shows=("RecursionError",)),
    _honest("deep recursion without Python's limit", "import sys\nsys.setrecursionlimit(10**9)\nf = lambda x: [f(y) for y in [x]]\nf(0)",
            noted=None),
    _honest("a loop in C", "sum(range(10**12))", noted=True, cell_seconds=1.0),
    _honest("a cell that stops itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", noted=True, cell_seconds=1.0),
    _honest("a cell that sleeps and ignores the interruption", "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "while True: time.sleep(60)", noted=True, cell_seconds=1.0),
    _honest("an abort", "import os\nos.abort()", noted=True),
    _honest("a signal to itself", "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", noted=True),
    _honest("an alarm", "import signal\nsignal.alarm(0)\nsignal.setitimer(signal.ITIMER_REAL, 3600)"),
    _honest("sys.exit in a thread and os._exit in a child", "import os, sys, threading\nthreading.Thread(target=sys.exit).start()\n"
            "if os.fork() == 0: os._exit(3)"),
    _honest("a child that returns into the shell", "import os\nos.fork()", noted=None),
    _honest("closed descriptors", "import os\nos.closerange(3, 100)", noted=None),
    _honest("closed output", "import os, sys\nos.close(1)\nos.close(2)\nsys.stdout.close()", noted=None),
    _honest("mapped memory", "import mmap\nx = mmap.mmap(-1, 3 * 2**30)\nfor i in range(0, 3 * 2**30, 4096): x[i] = 1", noted=None),
    _honest("a tensor of 80 GB", "import torch\nx = torch.ones(10**10)", shows=("Error",)),
    _honest("memory of files without a name", "import os\nheld, total = [], 0\ntry:\n    for n in range(16):\n        f = os.memfd_create('x')\n"
            "        held.append(f)\n        for _ in range(50): total += os.write(f, bytes(2**20))\n"
            "except OSError: pass\nprint('kept', total >> 20)", shows=("kept 0",)),
    _honest("memory of System V segments", "import ctypes\nprint('made', ctypes.CDLL(None).shmget(0, 2**20, 0o1600))", shows=("made -1",)),
    _honest("system calls that exercises do not need", "import ctypes\nc = ctypes.CDLL(None)\n"
            "print('refused', [c.syscall(n, 0, 0, 0, 0) for n in ((321, 425, 298, 323, 250, 0x40000000 + 39) if __import__('platform').machine() == "
            "'x86_64' else (280, 425, 241, 282, 219, 279))])", shows=("refused [-1, -1, -1, -1, -1, -1]",)),
    _honest("filling a Hub", "import gc, json, os\nfrom autograde.exercises import open_exercise\nopen_exercise('2.6').segment_ids.check()\n"
            "from autograde.referee.remote import RemoteReferee\nr = next(o for o in gc.get_objects() if type(o) is RemoteReferee)\n"
            "s = json.loads(r.prepare('2.3', 'create_repository', False, 'first'))\nfrom huggingface_hub import HfApi, constants\n"
            "constants.HF_HUB_DISABLE_XET = True\napi = HfApi(endpoint=s['endpoint'], token=s['token'])\nrepo = api.create_repo('filled').repo_id\n"
            "import contextlib, io\nfor n in range(8):\n    with contextlib.redirect_stderr(io.StringIO()):\n"
            "        api.upload_file(path_or_fileobj=os.urandom(40 * 2**20), path_in_repo=f'{n}.safetensors', repo_id=repo)\n    print('sent', n)",
            shows=("sent 0", "Error"), hides=("sent 7",)),
    _honest("shared memory on /dev/shm", "try:\n    f = open('/dev/shm/x', 'wb')\n    for _ in range(800): f.write(bytes(2**20))\n"
            "    f.flush()\n    print('all of it')\nexcept OSError as e: print('stopped', e.errno)", shows=("stopped",), hides=("all of it",)),
    _honest("a sparse file", "try: open('x', 'wb').truncate(2**40)\nexcept OSError as e: print('stopped', e.errno)", shows=("stopped 27",)),
    _honest("one large file", "try:\n    f = open('x', 'wb')\n    for _ in range(500): f.write(bytes(2**20))\n"
            "    f.flush()\nexcept OSError as e: print('stopped', e.errno)", shows=("stopped",)),
    _honest("a large file in /tmp", "try:\n    for n in range(20):\n        open(f'/tmp/{n}', 'wb').write(bytes(30 * 2**20))\n"
            "except OSError as e: print('stopped', e.errno)", shows=("stopped 28",)),
    _honest("folders in folders", "import os\nn = 0\ntry:\n    for n in range(5000):\n        os.mkdir('d')\n        os.chdir('d')\n"
            "except OSError as e: pass\nprint('made', n)", shows=("made",)),
    _honest("open files", "held = []\ntry:\n    while len(held) < 5000: held.append(open('/dev/null'))\nexcept OSError as e: print('stopped', e.errno)\n"
            "del held", shows=("stopped 24",)),
    _honest("10,000 displays", "from IPython.display import display\nfor n in range(10**4): display(n)", noted=True),
    _honest("one line of 30 MB", "print('x' * 30_000_000)", noted=True),
    _honest("a picture of 20 MB", "from IPython.display import display\ndisplay({'image/png': 'A' * 20_000_000}, raw=True)", noted=True),
    _honest("a traceback of 20 MB", "raise ValueError('x' * 20_000_000)", noted=None),
    _honest("a traceback with 900 calls", "def f(n): return f(n - 1) if n else 1 / 0\nf(900)", shows=("ZeroDivisionError",)),
    _honest("terminal codes, carriage returns and zero bytes", "print('\\x1b[2J\\r\\x00\\x07' * 1000)\nimport os\nos.write(1, bytes(range(256)) * 10)"),
    _honest("output of a process that keeps running", "import subprocess\nsubprocess.Popen('yes | head -c 50000000', shell=True)", noted=None),
    _honest("more threads for torch", "import torch\ntorch.set_num_threads(64)\n(torch.ones(300, 300) @ torch.ones(300, 300)).sum()", noted=None),
    _honest("a wait for input", "import sys\nprint(repr(sys.stdin.read()))", shows=("''",)),
    _honest("a named pipe that is read", "import os\nos.mkfifo('p')\nopen('p').read()", noted=True, cell_seconds=1.0),
    _honest("a message that never ends, byte by byte", _CONTROL + "end = time.time() + 25\nwhile time.time() < end:\n"
            "    try:\n        control.socket.sendall(b' ')\n        time.sleep(.02)\n    except KeyboardInterrupt: pass",
            noted=True, cell_seconds=1.0),
    protocol_attack("import time\nend = time.time() + 30\nwhile time.time() < end: ask('cases', *mine)",
           name="endless requests to the judge", cell_seconds=1.0, noted=None),
    protocol_attack("import time\nend = time.time() + 30\nwhile time.time() < end:\n    stream.write(b' ')\n    stream.flush()\n    time.sleep(.02)",
           name="a request to the judge that never ends", cell_seconds=1.0, noted=None),
    Attack("an answer that uses all memory", "import os, time\ndef segment_ids(index, mark):\n    for _ in range(8):\n        if os.fork() == 0:\n"
           "            x = b'x' * (100 * 2**20)\n            time.sleep(20)\n            os._exit(0)\n    time.sleep(20)\n", noted=None),
    Attack("an answer that prints 50 MB", "def segment_ids(index, mark):\n    print('x' * 50_000_000)\n", noted=None),
    Attack("an answer that is 800 MB large", "def segment_ids(index, mark):\n    import torch\n    return torch.zeros(10**8).to_sparse().to_dense()\n", noted=None),
    Attack("an answer that returns itself", "def segment_ids(index, mark):\n    x = []\n    x.append(x)\n    return x\n"),
    Attack("an answer that stops the process it was copied from", "import os, signal\ndef segment_ids(index, mark):\n"
           "    os.kill(os.getppid(), signal.SIGSTOP)\n", cell_seconds=1.0, noted=None),
    Attack("an answer that stops itself", "import os, signal\ndef segment_ids(index, mark):\n    os.kill(os.getpid(), signal.SIGSTOP)\n",
           cell_seconds=3.0, noted=None),
    Attack("a hook after a fork that never ends", RIGHT, (
        "import os, time\nos.register_at_fork(after_in_child=lambda: time.sleep(600))",), cell_seconds=2.0, noted=None),
    Attack("an endless generator as the answer", "def segment_ids(index, mark):\n    while True: yield 1\n"),
    Attack("an answer whose items never end", "class L(list):\n    def __iter__(self):\n        while True: yield 1\n"
           "def segment_ids(index, mark):\n    return L()\n", noted=None),
    Attack("an answer that starts a daemon", "import subprocess\ndef segment_ids(index, mark):\n"
           "    subprocess.Popen(['setsid', '-f', 'sleep', '31415'])\n"),
    _honest("memory of sockets with unread messages", "import os, socket\nbefore = int([l for l in open('/proc/meminfo') if l.startswith('MemAvailable')][0].split()[1])\nheld = []\n"
           "def fill():\n    held = []\n    for _ in range(480):\n        try: a, b = socket.socketpair()\n        except OSError: break\n        held += [a, b]\n        for s in (a, b):\n            s.setblocking(False)\n"
           "            try:\n                while True: s.send(bytes(65536))\n            except OSError: pass\n    return held\n"
           "import time\nfor n in range(12):\n    if os.fork() == 0:\n        kept = fill()\n        time.sleep(8)\n        os._exit(0)\ntime.sleep(5)\n"
           "after = int([l for l in open('/proc/meminfo') if l.startswith('MemAvailable')][0].split()[1])\nprint('bounded', before - after < 1000 * 1024)", noted=True),
    _honest("memory of pipes with unread bytes", "import fcntl, os\nbefore = int([l for l in open('/proc/meminfo') if l.startswith('MemAvailable')][0].split()[1])\n"
           "import time\nfor n in range(12):\n    if os.fork() == 0:\n        for _ in range(480):\n            try:\n                r, w = os.pipe()\n            except OSError: break\n            try: fcntl.fcntl(w, 1031, 2**20)\n            except OSError: pass\n            os.set_blocking(w, False)\n"
           "            try:\n                while True: os.write(w, bytes(65536))\n            except OSError: pass\n        time.sleep(8)\n        os._exit(0)\ntime.sleep(5)\n"
           "after = int([l for l in open('/proc/meminfo') if l.startswith('MemAvailable')][0].split()[1])\nprint('bounded', before - after < 1000 * 1024)", shows=("bounded True",)),
    _honest("folders inside each other 5,000 times", "import os\ntry:\n    for n in range(5000):\n        os.mkdir('d')\n        os.chdir('d')\nexcept OSError as e: print('stopped', e.errno)\nos.chdir('/learner')"),

    _honest("text that is slow to render", "from IPython.display import Markdown, HTML, Latex\nMarkdown('[' * 20000 + '](' * 20000)", "HTML('<div>' * 5000 + '<b x=' * 5000)", "print('\\x1b[31m' * 5000 + '\\x1b]8;;http://evil\\x07')", "Latex('$' * 9999)"),
    _honest("page tables of a sparse file", "import mmap, os\nf = os.open('x', os.O_RDWR | os.O_CREAT)\nos.ftruncate(f, 200 * 2**20)\nm = []\ntry:\n    for n in range(60):\n        v = mmap.mmap(f, 200 * 2**20, prot=mmap.PROT_READ)\n        m.append(v)\n        for i in range(0, 200 * 2**20, 2**21): v[i]\nexcept (OSError, ValueError) as e: print('stopped')", noted=None),
    _honest("ten thousand timers and events", "import ctypes, select\nc = ctypes.CDLL(None)\nt = ctypes.c_void_p()\nn = 0\nwhile n < 100000 and c.timer_create(0, None, ctypes.byref(t)) == 0: n += 1\nprint('timers', n < 100000)\n"
           "e = []\ntry:\n    for _ in range(500): e.append(select.epoll())\nexcept OSError: pass\nprint('polls', len(e) < 1100)", noted=None, shows=("polls True",)),
    _honest("a directory of names of 255 bytes", "n = 0\ntry:\n    for n in range(200_000): open(f'/tmp/{n:0255}', 'w').close()\nexcept OSError as e: print('stopped', e.errno)\nimport glob, os\nfor p in glob.glob('/tmp/0*'): os.remove(p)", noted=None),
    _honest("links of links and a tree of links", "import os\nos.symlink('a', 'b'); os.symlink('b', 'a')\nos.symlink('/', 'root')\nos.symlink('.', 'here')\nfor n in range(1000): os.symlink('/proc/self/fd/0', f'l{n}')\nopen('x', 'w').close()\ntry:\n    for n in range(100000): os.link('x', f'h{n}')\nexcept OSError: pass", noted=None),
    _honest("combining characters and control codes in the output", "print('a' + chr(0x300) * 40000)\nprint(chr(0x202e) * 1000 + 'x')\nprint('\\x00\\x1b[2J\\x9b' * 1000)\nprint(chr(0x10ffff), chr(0xfffe), chr(0xe0001))"),
    _honest("an error whose text is 100 MB", "raise ValueError('x' * 10**8)", noted=None),
    _honest("an error chain of 500 errors", "def f(n):\n    try: 1 / 0\n    except Exception as e:\n        if n: \n            try: f(n - 1)\n            except Exception as g: raise ValueError('y' * 1000) from g\n        raise\nf(200)", noted=None),
    _honest("an error group of errors that are groups", "e = ValueError(1)\nfor _ in range(300): e = ExceptionGroup('g' * 100, [e, e])\nraise e", noted=None),
    _honest("a type name of 10 MB", "raise type('E' * 10**7, (Exception,), {})('x')", noted=None),
    _honest("a representation that never ends", "class R:\n    def __repr__(self):\n        while True: pass\nR()", noted=True, cell_seconds=1.0),
    _honest("200 media types", "class R:\n    def _repr_mimebundle_(self, **k): return {f'text/x-{n}': 'x' * 4000 for n in range(200)}\nfor _ in range(20): display(R())", noted=None),
    _honest("requests to the Hub without a pause", "import gc, json, threading, urllib.request\nfrom autograde.exercises import open_exercise\nopen_exercise('2.6').segment_ids.check()\n"
           "from autograde.referee.remote import RemoteReferee\nr = next(o for o in gc.get_objects() if type(o) is RemoteReferee)\ns = json.loads(r.prepare('2.3', 'create_repository', False, 'first'))\n"
           "def ask():\n    while True:\n        try: urllib.request.urlopen(s['endpoint'] + '/api/models?search=x', timeout=1).read()\n        except OSError: pass\nfor _ in range(8): threading.Thread(target=ask, daemon=True).start()\nimport time; time.sleep(1)", noted=None),
    _honest("a right answer to an input of any size requested from the grader", "import gc, json\nfrom autograde.exercises import open_exercise\nopen_exercise('2.6').segment_ids.check()\n"
           "from autograde.referee.remote import RemoteReferee\nr = next(o for o in gc.get_objects() if type(o) is RemoteReferee)\n"
           "ids = json.dumps({'list': [{'list': [1, 2]}, {'list': [0, 0]}, 50_000_000, 0]})\nprint('cause', r.common_cause('2.6', 'pad_pair', ids, '1'))", shows=("cause null",), cell_seconds=5.0),
    _honest("a cell of empty lines", "x = 1" + "\n" * 500_000 + "print(x)", shows=("1\\n",)),
    _honest("the out-of-memory score of the process", "print('first', open('/proc/self/oom_score_adj').read())", shows=("first 1000",)),
)  # fmt: skip
