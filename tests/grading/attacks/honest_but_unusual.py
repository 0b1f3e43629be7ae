"""Right answers in unusual notebooks: each must get all its points."""

from __future__ import annotations

from tests.grading.attacks.notebooks import RIGHT, Attack

_BODY = RIGHT.split("\n", 1)[1]
#: The parameters' names, as the release has them.
_HEAD = RIGHT.split("\n", 1)[0]


def _cells(name: str, *before: str, **more: object) -> Attack:
    return Attack(name, RIGHT, before, points=10, **more)  # type: ignore[arg-type]


def _answer(name: str, source: str, *before: str) -> Attack:
    return Attack(name, source, before, points=10)


HONEST_BUT_UNUSUAL = (
    _cells("warnings of every kind", "import warnings\nfor kind in (UserWarning, DeprecationWarning, FutureWarning, RuntimeWarning):\n"
           "    warnings.warn('old', kind)", shows=("FutureWarning",)),
    _cells("warnings made errors", "import warnings\nwarnings.simplefilter('error')"),
    _cells("log lines of every level", "import logging\nlogging.basicConfig(level=0, force=True)\nfor level in range(0, 60, 10): logging.log(level, 'line')\n"
           "logging.disable(logging.CRITICAL)"),
    _cells("text on stderr, by Python, by C and by a program", "import os, sys\nprint('a', file=sys.stderr)\nos.write(2, b'b')\n"
           "sys.__stderr__.write('c')", "!echo d >&2"),
    _cells("progress bars", "from tqdm.auto import tqdm\nfrom tqdm.notebook import tqdm as t2\nfor _ in tqdm(range(100)): pass\nfor _ in t2(range(3)): pass"),
    _cells("5 MB of output", "print('line\\n' * 10**6)", noted=True),
    _cells("a large table", "import pandas as pd\npd.DataFrame({'a': range(1000), 'b': 'x'})", shows=("text/html",)),
    _cells("figures", "import matplotlib.pyplot as plt\nfor n in range(3):\n    plt.figure()\n    plt.plot([n])\nplt.show()", shows=("image/png",)),
    _cells("a widget that calls back", "import ipywidgets as w\nb = w.Button()\nb.on_click(print)\ndisplay(b)\nw.interact(lambda x: x, x=3)"),
    _cells("HTML, Markdown and LaTeX", "from IPython.display import HTML, Latex, Markdown, display\n"
           "display(HTML('<b>x</b>'), Markdown('*x*'), Latex('$x$'))", shows=("text/latex",)),
    _cells("JavaScript", "from IPython.display import Javascript\nJavascript('alert(1)')", hides=("application/javascript",)),
    _cells("line magics", "%matplotlib inline", "%config InlineBackend.figure_format = 'svg'", "%timeit -n1 -r1 1", "%pwd", "%who",
           "%load_ext autoreload\n%autoreload 2", "%env X=1", "%xmode Verbose\n%precision 3"),
    _cells("cell magics", "%%capture got\nprint('hidden')", "%%writefile made.py\nx = 3", "%%sh\necho $HOME", "%%html\n<b>x</b>", "%%timeit -n1 -r1\n1",
           "%%prun\n1", "%%python\nprint(1)"),
    _cells("pip", "!pip --version"),
    _cells("help and history", "len?", "?print", "len??", "%history", "_ = 5", "_, __, Out, In", "Out[1] = 2"),
    _cells("shadowed builtins", "list = [1]\ndict = str = type = 3\nlen = 4\nint = 5", "del list, dict, str, type, len, int"),
    _cells("shadowed names of the kit", "grade = 1\nexercise = None\nautograde = 3\n_grade = lambda *a: 0", "del grade"),
    _cells("a changed folder", "import os\nos.makedirs('sub')\nos.chdir('sub')\nopen('x', 'w').write('x')"),
    _cells("a changed environment", "import os, sys\nos.environ.clear()\nsys.path.clear()\nsys.argv = []"),
    _cells("random seeds", "import random, numpy as np, torch\nrandom.seed(1)\nnp.random.seed(1)\ntorch.manual_seed(1)\ntorch.use_deterministic_algorithms(True)"),
    _cells("default types and devices", "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\ntorch.set_printoptions(precision=1)"),
    _cells("awaits and tasks", "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 3\ntask = asyncio.create_task(f())\nawait task",
           "await asyncio.gather(f(), f())", "async for _ in (x async for x in g()): pass", noted=None),
    _cells("an event loop that is run", "import asyncio\nasyncio.run(asyncio.sleep(0))", noted=None),
    _cells("threads and pools", "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
           "with ThreadPoolExecutor(4) as p: print(list(p.map(abs, range(9))))\nwith ProcessPoolExecutor(2) as p: print(list(p.map(abs, range(9))))",
           shows=("[0, 1, 2",)),
    _cells("a thread that keeps running", "import threading, time\nthreading.Thread(target=lambda: time.sleep(60), daemon=True).start()"),
    _cells("a program in the background", "import subprocess\np = subprocess.Popen(['sleep', '60'])"),
    _cells("a fork", "import os, sys\nif os.fork() == 0:\n    print('child')\n    os._exit(0)\nos.wait()"),
    _cells("temporary files and databases", "import sqlite3, tempfile\nwith tempfile.TemporaryDirectory() as d: sqlite3.connect(d + '/x').execute('create table t(a)')"),
    _cells("a pickle of a class in the notebook", "import pickle\nclass A: pass\npickle.loads(pickle.dumps(A()))"),
    _cells("unit tests in the notebook", "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual(1, 1)\nunittest.main(argv=[''], exit=False)",
           "assert 1 == 1", "assert False, 'not finished'", noted=None),
    _cells("doctest", "import doctest\ndoctest.testmod()"),
    _cells("syntax errors and unfinished cells", "def f(:", "x = (", "'''", "    indented", "return 3", "print 'x'", "await", "\\", "%nosuchmagic", "!nosuchprogram"),
    _cells("empty cells and cells of comments", "", "   ", "\n\n", "# only a comment", "'text'", ";", "..."),
    _cells("a cell in Chinese, with emoji and direction marks", "变量 = '你好 🤗 \\u202e'\nprint(变量)\ndef Größe(ñ): return ñ\nGröße(变量)", shows=("你好",)),
    _cells("line endings of Windows and old Macs", "x = 1\r\ny = 2\r\nprint(x + y)\r\n", "x = 1\rprint(x)", shows=("3",)),
    _cells("tabs, form feeds and no-break spaces", "if True:\n\tx = 1\n\f\nprint(x)", "x =\u00a01"),
    _cells("Ctrl-C", "raise KeyboardInterrupt", "raise SystemExit('bye')", "quit()", noted=None),
    _cells("exceptions that cannot be shown", "class E(Exception):\n    def __str__(self): raise ValueError\n    __repr__ = __str__\nraise E",
           "class R:\n    def __repr__(self): raise ValueError\nR()", "raise BaseException('x')", "raise ExceptionGroup('g', [ValueError(1)])"),
    _cells("a debugger", "breakpoint()", "import pdb\npdb.set_trace()", "%debug", noted=None),
    _cells("a password prompt", "import getpass\ngetpass.getpass()", shows=("Error",)),
    _cells("a self-check before the answer exists", "from autograde.exercises import open_exercise\ne = open_exercise('2.6')\ne.segment_ids.check()\ne.segment_ids.hint()"),
    _cells("changed garbage collection", "import gc\ngc.disable()\ngc.set_threshold(1)\ngc.collect()\ngc.unfreeze()"),
    _cells("profilers and tracers", "import cProfile, sys, tracemalloc\ntracemalloc.start()\np = cProfile.Profile()\np.enable()", "p.disable()"),
    _cells("faulthandler and signals", "import faulthandler, signal\nfaulthandler.enable(file=open('/dev/null', 'w'))\nsignal.signal(signal.SIGCHLD, signal.SIG_DFL)"),
    # The answer itself.
    _answer("comments, type hints and a docstring", f"# my answer\n{_HEAD.rstrip(':')} -> list[int]:\n    \"\"\"Return 'them'.\"\"\"\n    # so:\n{_BODY}"),
    _answer("an answer that prints, warns and draws", f"{_HEAD}\n    import warnings, sys\n    print('in' * 1000)\n    warnings.warn('in')\n"
            f"    print('err', file=sys.stderr)\n    display('x')\n{_BODY}"),
    _answer("an answer with its own assert and log lines", f"{_HEAD}\n    import logging\n    logging.warning('now')\n    assert True\n{_BODY}"),
    _cells("reconfigured logging", "import logging.config\nlogging.config.dictConfig({'version': 1, 'disable_existing_loggers': False,\n"
           "    'handlers': {'h': {'class': 'logging.StreamHandler'}}, 'root': {'handlers': ['h'], 'level': 'DEBUG'}})\nlogging.error('line')"),
    _cells("modules removed from sys.modules", "import sys\nfor name in list(sys.modules)[-40:]:\n    del sys.modules[name]"),
    _cells("sys.modules replaced by a subclass", "import sys\nclass Table(dict): pass\nsys.modules = Table(sys.modules)"),
    _cells("atexit and fork hooks", "import atexit, os\natexit.register(print, 'end')\n"
           "os.register_at_fork(before=lambda: print('b'), after_in_child=lambda: 1 / 0)"),
    _cells("a profile and a trace", "import sys\nsys.setprofile(lambda *a: None)\nsys.settrace(lambda *a: None)"),
    _answer("an answer that imports a module and removes it from sys.modules", f"{_HEAD}\n    import colorsys, sys\n    del sys.modules['colorsys']\n{_BODY}"),
    _answer("an answer that sets an alarm", f"{_HEAD}\n    import signal\n    signal.alarm(5)\n{_BODY}"),
    _answer("an answer that collects garbage", f"{_HEAD}\n    import gc\n    gc.unfreeze()\n    gc.collect()\n{_BODY}"),
    _answer("an answer that seeds and changes defaults", f"{_HEAD}\n    import torch\n    torch.manual_seed(3)\n    torch.set_num_threads(2)\n{_BODY}"),
    _answer("an answer that is a lambda", f"{RIGHT}\n_first = segment_ids\nsegment_ids = lambda *a, **k: _first(*a, **k)"),
    _answer("an answer that is a partial function", f"import functools\n{RIGHT}\nsegment_ids = functools.partial(segment_ids)"),
    _answer("an answer that is a cached, decorated function", f"import functools\n{RIGHT}\n_plain = segment_ids\n@functools.wraps(_plain)\n"
            "def segment_ids(*a, **k): return _plain(*a, **k)"),
    _answer("an answer that is a callable object", f"{RIGHT}\n_plain = segment_ids\nclass Mine:\n    def __call__(self, index, mark): return _plain(index, mark)\nsegment_ids = Mine()"),
    _answer("an answer that is a method of a class", f"{RIGHT}\n_plain = segment_ids\nclass Words:\n    def ids(self, index, mark): return _plain(index, mark)\nsegment_ids = Words().ids"),
    _answer("an answer with helper functions defined before", f"{RIGHT}\n_plain = segment_ids\ndef segment_ids(index, mark): return helper(index, mark)",
            "def helper(index, mark): return _plain(index, mark)"),
    _answer("an answer that needs a global of an earlier cell", f"{_HEAD}\n    assert OFFSET == 0\n{_BODY}", "OFFSET = 0"),
    _answer("an answer that needs a file of an earlier cell", f"{_HEAD}\n    assert open('mine.txt').read() == 'x'\n{_BODY}", "open('mine.txt', 'w').write('x')"),
    _answer("an answer with Chinese names", f"{RIGHT}\n原来 = segment_ids\ndef segment_ids(index, mark):\n    结果 = 原来(index, mark)\n    return 结果"),
    _answer("an answer that uses numpy and itertools", f"import itertools, numpy as np\n{RIGHT}\n_plain = segment_ids\n"
            "def segment_ids(index, mark): return [int(x) for x in itertools.chain(np.array(_plain(index, mark)))]"),
    _answer("an answer that starts threads", f"from concurrent.futures import ThreadPoolExecutor\n{RIGHT}\n_plain = segment_ids\n"
            "def segment_ids(index, mark):\n    with ThreadPoolExecutor(2) as p: return p.submit(_plain, index, mark).result()"),
    _answer("an answer that runs a program", f"{_HEAD}\n    import subprocess\n    subprocess.run(['true'], check=True)\n{_BODY}"),
    _answer("an answer that runs an event loop", f"import asyncio\n{RIGHT}\n_plain = segment_ids\ndef segment_ids(index, mark):\n"
            "    async def run(): return _plain(index, mark)\n    return asyncio.run(run())"),
    _answer("an answer that writes files", f"{_HEAD}\n    open('/tmp/log', 'a').write('called')\n    open('log', 'a').write('called')\n{_BODY}"),
    _answer("a magic above the answer", f"%matplotlib inline\n{RIGHT}"),
    _answer("%%time above the answer", f"%%time\n{RIGHT}"),
    _answer("the answer twice, the last one right", f"def segment_ids(index, mark): return None\n{RIGHT}"),
    _answer("Windows line endings in the answer", RIGHT.replace("\n", "\r\n")),
    _answer("an answer with print debugging and a call", f"{RIGHT}\nprint(segment_ids([101, 7, 102, 8, 102], 102))"),
    _answer("an answer after an error in its own cell", f"{RIGHT}\n1 / 0"),
    # Notebooks that change the behaviour of Python, IPython and the libraries.
    _cells("a time limit for every socket", "import socket\nsocket.setdefaulttimeout(0.01)"),
    _cells("star imports", "from os import *\nfrom math import *\nfrom numpy import *\nfrom torch import *\nfrom time import *"),
    _cells("all names deleted with %reset", "import torch\nx = 1", "%reset -f"),
    _answer("an answer in a module written by the notebook", "from mine import segment_ids", "%%writefile mine.py\n" + RIGHT),
    _answer("an answer loaded by %run", "%run mine.py", "%%writefile mine.py\n" + RIGHT),
    _answer("an answer made by exec", "exec(open('mine.txt').read())", "open('mine.txt', 'w').write(" + repr(RIGHT) + ")"),
    _answer("an answer inside %%capture", "%%capture got\n" + RIGHT),
    _cells("a replaced print function", "_old = print\ndef print(*words, **more): _old('>>', *words, **more)",
           "import builtins\nbuiltins.print = lambda *a, **k: None\nprint('x')"),
    _cells("redirected standard output", "import io, sys\nsys.stdout = io.StringIO()\nsys.stderr = None",
           "import os\nos.dup2(os.open('log.txt', os.O_CREAT | os.O_WRONLY), 1)\nprint('x')"),
    _cells("redirected output that is never restored", "import contextlib, io\nc = contextlib.redirect_stdout(io.StringIO())\nc.__enter__()"),
    _cells("a frozen clock", "import time\ntime.time = time.monotonic = time.perf_counter = lambda: 1000.0\ntime.sleep = lambda s: None"),
    _cells("a JSON encoder extended to more types", "import json\ndef default(self, o): return str(o)\njson.JSONEncoder.default = default\n"
           "json._default_encoder = json.JSONEncoder(indent=2)"),
    _cells("restored aliases that libraries have removed", "import collections, collections.abc, numpy as np\ncollections.Iterable = collections.abc.Iterable\n"
           "np.bool = bool\nnp.int = int\nnp.float = float"),
    _cells("IPython callbacks that fail", "ip = get_ipython()\nip.events.register('pre_run_cell', lambda info: 1 / 0)\n"
           "ip.events.register('post_run_cell', lambda result: print('after'))\nip.set_custom_exc((Exception,), lambda *a: print('mine'))", "1 / 0"),
    _cells("replaced error hooks", "import sys, threading\nsys.excepthook = threading.excepthook = sys.unraisablehook = lambda *a: None\nsys.displayhook = lambda v: None", "5"),
    _cells("an animation", "import matplotlib.pyplot as plt\nfrom matplotlib.animation import FuncAnimation\nfrom IPython.display import HTML\n"
           "fig, ax = plt.subplots()\nline, = ax.plot([0, 1])\na = FuncAnimation(fig, lambda n: line.set_ydata([0, n]), frames=5)\nHTML(a.to_jshtml())", noted=None),
    _cells("a pool of processes that is left open", "import multiprocessing as m\npool = m.Pool(2)\nprint(pool.map(abs, [-1, -2]))\n"
           "q = m.Queue()\nq.put(1)\nprint(q.get())", shows=("[1, 2]",)),
    _cells("a manager and shared memory", "import multiprocessing as m\nd = m.Manager().dict()\nd[1] = 2\nprint(d[1])\n"
           "from multiprocessing import shared_memory\ns = shared_memory.SharedMemory(create=True, size=4096)\ns.buf[0] = 1\nprint('shared', s.buf[0])", shows=("shared 1",)),
    _cells("a web server in the notebook", "import http.server, threading, urllib.request\n"
           "s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n"
           "threading.Thread(target=s.serve_forever, daemon=True).start()\n"
           "print('status', urllib.request.urlopen(f'http://127.0.0.1:{s.server_port}/').status)", shows=("status 200",)),
    _cells("a server in the cells' event loop", "import asyncio\nserver = await asyncio.start_server(lambda r, w: None, '127.0.0.1', 0)\n"
           "ticking = asyncio.create_task(asyncio.sleep(3600))\nprint('listens')", shows=("listens",)),
    _cells("threads that print for ever", "import threading, time\ndef talk():\n    while True:\n        print('tick')\n        time.sleep(.01)\n"
           "for _ in range(3): threading.Thread(target=talk, daemon=True).start()", noted=None),
    _cells("changed locale and time zone", "import locale, os\nos.environ['LC_ALL'] = os.environ['LANG'] = 'tr_TR.ISO-8859-9'\n"
           "for name in ('', 'C', 'de_DE', 'zh_CN.GB18030'):\n    try: locale.setlocale(locale.LC_ALL, name)\n    except locale.Error: pass\n"
           "import time\nos.environ['TZ'] = 'Asia/Kathmandu'\ntime.tzset()"),
    _cells("changed limits of Python", "import sys, threading, decimal\nsys.setrecursionlimit(200)\nsys.set_int_max_str_digits(640)\nsys.setswitchinterval(5)\n"
           "threading.stack_size(2**20)\ndecimal.getcontext().prec = 3"),
    _cells("a low limit on open files", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))"),
    _cells("files without permissions", "import os\nos.umask(0o777)\nopen('x', 'w').write('x')\nos.mkdir('y')"),
    _cells("an alarm that goes off while the answer runs", "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\n"
           "signal.setitimer(signal.ITIMER_REAL, .001, .001)"),
    _cells("inference mode for the rest of the notebook", "import torch\ntorch.inference_mode(True).__enter__()\ntorch.set_num_threads(8)\ntorch.autograd.set_detect_anomaly(True)"),
    _cells("finalizers that print and raise", "import weakref\nclass A:\n    def __del__(self):\n        print('gone')\n        raise ValueError\n"
           "a = A()\nweakref.finalize(a, print, 'finalized')\nb = [A() for _ in range(100)]\nb.append(b)\ndel b"),
    _answer("an answer in a module named like the kit", "from autograde_mine import segment_ids", "%%writefile autograde_mine.py\n" + RIGHT),
    _answer("an answer that changes its arguments in a copy and uses the walrus and match", f"{_HEAD}\n    match (n := len(index)):\n        case 0: pass\n        case _: index = [*index]\n{_BODY}"),
    _cells("full folders when the answer is tried", "for name in ('big', '/tmp/big'):\n    try:\n        with open(name, 'wb') as f:\n            while True: f.write(bytes(2**20))\n    except OSError: pass"),
    _cells("no folder for temporary files", "import tempfile\ntempfile.tempdir = '/nowhere'"),
    _cells("ignored signals", "import signal\nfor each in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGUSR1, signal.SIGTERM): signal.signal(each, signal.SIG_IGN)"),
    _cells("the parameters' names used in the notebook", "index = [101, 102]\nmark = 102\nfirst = second = tokenizer = model = None\nid = input = 5"),
    _cells("a hash seed, and new Python processes", "!PYTHONHASHSEED=1 python -c 'print(1)'\n!python -m json.tool --help > /dev/null", "import subprocess, sys\n"
           "print(subprocess.run([sys.executable, '-c', 'import torch; print(torch.ones(1).sum())'], capture_output=True, text=True).stdout)", shows=("tensor(1.)",)),
)  # fmt: skip
