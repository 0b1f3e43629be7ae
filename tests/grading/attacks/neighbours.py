"""Submissions that try to reach the next learner's submission, or the grader; ``then`` is the next submission."""

from __future__ import annotations

from tests.grading.attacks.notebooks import RIGHT, Attack

#: Prints what an earlier submission could have left.
_LOOK = (
    "import builtins, glob, json, os, sys\nfrom pathlib import Path\n"
    "seen = [p for p in (*glob.glob('/tmp/*'), *glob.glob('/dev/shm/*'), *glob.glob('/var/**', recursive=True)) "
    "if 'left' in p]\n"
    "seen += [p for p in Path.home().rglob('*') if 'left' in p.name]\n"
    "seen += [k for k in os.environ if 'LEFT' in k] + [k for k in sys.modules if 'left' in k]\n"
    "seen += [l for l in open('/proc/net/unix') if 'left' in l] + [l for l in open('/proc/sysvipc/shm')][1:]\n"
    "seen += [p for p in os.listdir('/proc') if p.isdigit() and b'31415' in open(f'/proc/{p}/cmdline', 'rb').read()]\n"
    "print('seen', seen, hasattr(builtins, 'left'), json.dumps([1]))"
)
NEXT = Attack("the next submission", RIGHT, (_LOOK,), points=10, shows=("seen [] False [1]",))


def _leaves(name: str, *cells: str, noted: bool | None = None, files: tuple[tuple[str, bytes], ...] = ()) -> Attack:
    return Attack(name, before=cells, noted=noted, files=files, then=NEXT)


NEIGHBOURS = (
    _leaves("files in every folder", "import os\nfor p in ('/tmp', '/dev/shm', os.path.expanduser('~'), '/var', '/run', '/usr', '/etc', "
            "'/', '/proc', '/dev', os.path.dirname(os.__file__)):\n    try: open(f'{p}/left-by-an-attack', 'w')\n"
            "    except OSError: pass"),
    _leaves("changed libraries", "import builtins, json, os, sys, torch\nbuiltins.left = True\njson.dumps = None\n"
            "sys.modules['left'] = sys\nos.environ['LEFT'] = '1'\ntorch.Tensor.__eq__ = None"),
    _leaves("start-up files for Python and IPython", "import os, site\nfor p in ('~/.ipython/profile_default/startup/left.py',"
            " '~/.local/lib/python3.11/site-packages/left.pth', '~/.config/git/left', '~/sitecustomize_left.py'):\n"
            "    p = os.path.expanduser(p)\n    os.makedirs(os.path.dirname(p), exist_ok=True)\n"
            "    open(p, 'w').write('import os; os.environ[\"LEFT\"] = \"1\"')"),
    _leaves("a socket with an abstract name", "import os, socket, time\nif os.fork() == 0:\n    os.setsid()\n    s = socket.socket(socket.AF_UNIX)\n"
            "    s.bind('\\0left')\n    s.listen()\n    time.sleep(60)"),
    _leaves("System V memory", "import ctypes\nprint(ctypes.CDLL(None).shmget(4711, 4096, 0o1666) >= 0)"),
    _leaves("a daemon", "import subprocess\nsubprocess.Popen(['setsid', '-f', 'sleep', '31415'])"),
    _leaves("a daemon by two forks", "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.closerange(0, 1000)\n"
            "        time.sleep(31415)\n    os._exit(0)"),
    _leaves("a daemon that ignores signals", "import os, signal, time\nif os.fork() == 0:\n    for n in range(1, 65):\n"
            "        try: signal.signal(n, signal.SIG_IGN)\n        except (OSError, ValueError): pass\n    time.sleep(31415)"),
    _leaves("a process that forks again and again", "import os, time\nif os.fork() == 0:\n    end = time.time() + 2\n    while time.time() < end:\n"
            "        try:\n            if os.fork(): os._exit(0)\n        except OSError: pass"),
    _leaves("signals to every process", "import os, signal\nfor n in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGHUP):\n"
            "    for pid in range(1, 40):\n        if pid != os.getpid():\n            try: os.kill(pid, n)\n            except OSError: pass"),
    _leaves("signals to the parent and the group", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.killpg(0, signal.SIGUSR1)"),
    _leaves("signals through the control connection's peer", "import gc, socket, struct, os, signal\nfor o in gc.get_objects():\n"
            "    if isinstance(o, socket.socket) and o.family == socket.AF_UNIX:\n"
            "        pid = struct.unpack('3i', o.getsockopt(1, 17, 12))[0]\n        print('peer', pid)\n"
            "        if pid > 0: os.kill(pid, signal.SIGKILL)"),
    _leaves("a name of the machine", "import socket\nsocket.sethostname('left')"),
    _leaves("another clock", "import time\ntime.clock_settime(time.CLOCK_REALTIME, 0)"),
    _leaves("higher priority", "import os\nos.nice(-10)", "import os\nos.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))"),
    _leaves("settings of the kernel", "open('/proc/sys/kernel/hostname', 'w').write('left')",
            "open('/proc/sys/vm/overcommit_memory', 'w').write('1')"),
    _leaves("other limits", "import resource\nfor n in range(16):\n    try: resource.setrlimit(n, (resource.RLIM_INFINITY,) * 2)\n"
            "    except (OSError, ValueError): pass\nprint(resource.getrlimit(resource.RLIMIT_NPROC))"),
    _leaves("mounts", "!mount --bind /tmp /usr 2>&1; umount -l /proc 2>&1; mount -o remount,rw / 2>&1"),
    _leaves("the kit's own files", "import autograde, os\nfor at, _, names in os.walk(os.path.dirname(autograde.__file__)):\n"
            "    for n in names:\n        try: os.remove(os.path.join(at, n)); print('removed', n)\n        except OSError: pass"),
    _leaves("the interpreter and its libraries", "import os, sys, torch\nfor p in (sys.executable, os.__file__, torch.__file__):\n"
            "    try: open(p, 'ab'); print('opened', p)\n    except OSError as e: print('no')\n"
            "    try: os.utime(p); print('touched', p)\n    except OSError: pass"),
    _leaves("read-only pages of a library", "import ctypes, json\nc = ctypes.CDLL(None)\n"
            "f = open(json.__file__)\nimport mmap\ntry: mmap.mmap(f.fileno(), 0, prot=mmap.PROT_WRITE)\nexcept OSError as e: print(e)"),
    _leaves("files with the names of folders above", files=(("../../left-by-an-attack", b"x"), ("/tmp/left-by-an-attack", b"x"),
            ("../.gitconfig", b"[core]\n fsmonitor = touch /tmp/left\n"), ("a\x00b", b""), ("x" * 300, b""), ("", b""))),
    _leaves("modules, start-up files and git hooks beside the notebook", "!git status 2>&1; git log 2>&1", files=(
            ("sitecustomize.py", b"print('mine')"), ("usercustomize.py", b"print('mine')"), ("left.pth", b"import os"),
            ("ipython_config.py", b"c.left = 1"), ("json.py", b"print('mine')"), ("torch/__init__.py", b"print('mine')"),
            (".git/config", b"[core]\n\trepositoryformatversion = 0\n\tfsmonitor = touch /tmp/left-by-an-attack\n"
             b"[filter \"x\"]\n\tclean = touch /tmp/left-by-an-attack\n"), (".git/HEAD", b"ref: refs/heads/main\n"),
            (".git/hooks/post-checkout", b"#!/bin/sh\ntouch /tmp/left-by-an-attack\n"), (".gitattributes", b"* filter=x\n"))),
)  # fmt: skip
