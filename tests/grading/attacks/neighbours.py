"""Submissions that try to affect the grader or the next learner's submission (``then``)."""

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
    _leaves("a changed host name", "import socket\nsocket.sethostname('left')"),
    _leaves("a changed clock", "import time\ntime.clock_settime(time.CLOCK_REALTIME, 0)"),
    _leaves("higher priority", "import os\nos.nice(-10)", "import os\nos.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))"),
    _leaves("kernel settings", "open('/proc/sys/kernel/hostname', 'w').write('left')",
            "open('/proc/sys/vm/overcommit_memory', 'w').write('1')"),
    _leaves("raised limits", "import resource\nfor n in range(16):\n    try: resource.setrlimit(n, (resource.RLIM_INFINITY,) * 2)\n"
            "    except (OSError, ValueError): pass\nprint(resource.getrlimit(resource.RLIMIT_NPROC))"),
    _leaves("mounts", "!mount --bind /tmp /usr 2>&1; umount -l /proc 2>&1; mount -o remount,rw / 2>&1"),
    _leaves("the kit's own files", "import autograde, os\nfor at, _, names in os.walk(os.path.dirname(autograde.__file__)):\n"
            "    for n in names:\n        try: os.remove(os.path.join(at, n)); print('removed', n)\n        except OSError: pass"),
    _leaves("the interpreter and its libraries", "import os, sys, torch\nfor p in (sys.executable, os.__file__, torch.__file__):\n"
            "    try: open(p, 'ab'); print('opened', p)\n    except OSError as e: print('no')\n"
            "    try: os.utime(p); print('touched', p)\n    except OSError: pass"),
    _leaves("read-only pages of a library", "import ctypes, json\nc = ctypes.CDLL(None)\n"
            "f = open(json.__file__)\nimport mmap\ntry: mmap.mmap(f.fileno(), 0, prot=mmap.PROT_WRITE)\nexcept OSError as e: print(e)"),
    _leaves("file names with parent folders", files=(("../../left-by-an-attack", b"x"), ("/tmp/left-by-an-attack", b"x"),
            ("../.gitconfig", b"[core]\n fsmonitor = touch /tmp/left\n"), ("a\x00b", b""), ("x" * 300, b""), ("", b""))),
    _leaves("modules, start-up files and git hooks next to the notebook", "!git status 2>&1; git log 2>&1", files=(
            ("sitecustomize.py", b"print('mine')"), ("usercustomize.py", b"print('mine')"), ("left.pth", b"import os"),
            ("ipython_config.py", b"c.left = 1"), ("json.py", b"print('mine')"), ("torch/__init__.py", b"print('mine')"),
            (".git/config", b"[core]\n\trepositoryformatversion = 0\n\tfsmonitor = touch /tmp/left-by-an-attack\n"
             b"[filter \"x\"]\n\tclean = touch /tmp/left-by-an-attack\n"), (".git/HEAD", b"ref: refs/heads/main\n"),
            (".git/hooks/post-checkout", b"#!/bin/sh\ntouch /tmp/left-by-an-attack\n"), (".gitattributes", b"* filter=x\n"))),
    Attack("socket families outside the network namespace", before=(
        "import socket\nopened = []\nfor family in range(60):\n    for kind in (1, 2, 3, 5):\n        try:\n            socket.socket(family, kind).close()\n            opened.append(family)\n"
        "        except OSError: pass\nprint('families', sorted(set(opened)))",), shows=("families [1, 2, 10, 16]",)),
    Attack("the host of a virtual machine", before=("import socket\ntry:\n    s = socket.socket(40, socket.SOCK_STREAM)\n    print('LEAK vsock')\n    s.settimeout(.3)\n    print(s.connect_ex((2, 1024)))\nexcept OSError as e: print('refused', e.errno)",), hides=("LEAK vsock",)),
    Attack("a terminal of the grader", before=("import fcntl, os\ntry:\n    t = os.open('/dev/tty', os.O_RDWR)\n    os.write(t, b'LEAK')\n    print('LEAK tty')\n    fcntl.ioctl(t, 0x5412, b'x')\nexcept OSError as e: print('no', e.errno)",), hides=("LEAK tty",)),
    Attack("descriptors sent through each other", RIGHT, ("import array, socket\nfor _ in range(50):\n    a, b = socket.socketpair()\n    c, d = socket.socketpair()\n"
           "    socket.send_fds(a, [b'x'], [b.fileno(), c.fileno(), d.fileno()])\n    socket.send_fds(c, [b'x'], [d.fileno(), a.fileno(), b.fileno()])\n    a.close(); b.close(); c.close(); d.close()",
           "print(len(__import__('os').listdir('/proc/self/fd')))"), points=10),
    Attack("pidfds of other processes", RIGHT, ("import ctypes, os, signal\nc = ctypes.CDLL(None)\nfor pid in range(1, 60):\n    if pid in (os.getpid(),): continue\n"
           "    try: f = os.pidfd_open(pid)\n    except OSError: continue\n    for n in (signal.SIGKILL, signal.SIGSTOP):\n        try: signal.pidfd_send_signal(f, n)\n        except OSError: pass\n"
           "    c.syscall(440, f, 0, 0, 21, 0); c.syscall(448, f, 0)\n    try: os.setns(f, 0x20000000 | 0x00020000)\n    except OSError as e: print('no', e.errno)",), points=10, noted=None),
    Attack("inherited descriptors of the template", before=("import os, stat\nfound = []\nfor n in os.listdir('/proc/self/fd'):\n    try: t = os.readlink(f'/proc/self/fd/{n}')\n    except OSError: continue\n"
           "    found.append(t.split(':')[0])\nprint('kinds', sorted(set(found)))\nprint('count', len(found) < 16)",), shows=("count True",)),
    Attack("namespaces of other processes", RIGHT, ("import os\nfor kind in ('cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'):\n    try:\n        f = os.open(f'/proc/1/ns/{kind}', os.O_RDONLY)\n        os.setns(f, 0)\n        print('entered', kind)\n    except OSError: pass\nprint('done')",), points=10, hides=("entered",), shows=("done",)),
    Attack("kernel files about the machine", before=("import glob\nfound = []\nfor p in ('/proc/kcore', '/proc/kmsg', '/proc/sysrq-trigger', '/proc/vmallocinfo', '/sys/kernel/debug', '/proc/timer_list', '/proc/1/mem', '/'.join(('/proc/1', 'root', 'etc')), '/proc/1/cwd', '/proc/1/fd', '/proc/keys', '/proc/sched_debug', '/sys/fs/cgroup', '/sys/class'):\n"
           "    try: found.append((p, len(open(p, 'rb').read(10)))) if '.' not in p else 0\n    except OSError:\n        try:\n            import os; found.append((p, os.listdir(p)[:1]))\n        except OSError: pass\nprint('LEAKED', [f for f in found if f[1]])",), shows=("LEAKED []",)),
    Attack("kallsyms and modules", before=("print('addresses', any(l.split()[0].strip('0') for l in list(open('/proc/kallsyms'))[:200]))",), shows=("addresses False",)),
    Attack("a Hub with a thousand open connections", before=("import gc, json, os, socket\nfrom autograde.exercises import open_exercise\nopen_exercise('2.6').segment_ids.check()\n"
           "from autograde.referee.remote import RemoteReferee\nr = next(o for o in gc.get_objects() if type(o) is RemoteReferee)\n"
           "s = json.loads(r.prepare('2.3', 'create_repository', False, 'first'))\nport = int(s['endpoint'].rsplit(':', 1)[1])\nheld = []\n"
           "for n in range(900):\n    try:\n        c = socket.create_connection(('127.0.0.1', port), .2)\n        c.send(b'GET /api/')\n        held.append(c)\n    except OSError: break\nprint('held', len(held))",), noted=None, then=NEXT),
    Attack("time stamps of shared files", RIGHT, ("import os, sys\nchanged = []\nfor p in (sys.executable, os.__file__, '/usr/bin/git', '/etc/passwd', '/dev/null', '/dev/zero', '/dev/full', '/dev/urandom'):\n"
        "    for f in (lambda p: os.utime(p, (1, 1)), lambda p: os.chmod(p, 0o777), lambda p: os.setxattr(p, 'user.x', b'1'), lambda p: os.link(p, '/tmp/l' + str(len(changed))), lambda p: os.rename(p, p + 'x')):\n"
        "        try: f(p); changed.append(p)\n        except OSError: pass\nprint('changed', changed)",), points=10, shows=("changed []",)),
    Attack("locks on shared files", RIGHT, ("import fcntl, os, subprocess, sys\nn = 0\nfor p in (sys.executable, os.__file__, '/usr/bin/git', '/dev/null'):\n    try:\n        f = open(p, 'rb'); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB); n += 1\n        globals()['f%d' % n] = f\n"
        "        fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_RDLCK)\n    except OSError: pass\nprint(n)",), points=10,
        then=Attack("locks after locks", RIGHT, ("import fcntl, sys\nf = open(sys.executable, 'rb')\ntry:\n    fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n    print('free')\nexcept OSError: print('taken')",), points=10, shows=("free",))),
    Attack("inotify on the shared system", RIGHT, ("import ctypes, os\nc = ctypes.CDLL(None)\nn = 0\nfor _ in range(200):\n    f = c.inotify_init1(0)\n    if f < 0: break\n    n += 1\n    for p in (b'/usr', b'/usr/bin', b'/dev'): c.inotify_add_watch(f, p, 0xfff)\nprint('instances', n)",), points=10,
        then=Attack("inotify after inotify", RIGHT, ("import ctypes\nprint('ok', ctypes.CDLL(None).inotify_init1(0) >= 0)",), points=10, shows=("ok True",))),
    Attack("a stopped reader of the control connection", RIGHT, ("import gc, socket\nc = next(o._control for o in gc.get_objects() if type(o).__name__ == '_Learner')\nc.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)\nc.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)\nc.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, (1).to_bytes(8, 'little') * 2)",), points=10, noted=None),
    Attack("the control connection given to a child", RIGHT, ("import os, time\nif os.fork() == 0:\n    time.sleep(.2)\n    import gc\n    c = next(o._control for o in gc.get_objects() if type(o).__name__ == '_Learner')\n    while True:\n        try: c.receive(1)\n        except BaseException: os._exit(0)",), points=10, noted=None, cell_seconds=3.0),
    Attack("core files and crashes beyond the process", RIGHT, ("import resource\nprint(resource.getrlimit(resource.RLIMIT_CORE))\nimport os, signal\nif os.fork() == 0: os.kill(os.getpid(), signal.SIGQUIT)\nos.wait()",), points=10, noted=None),
    Attack("signals to the whole session", RIGHT, ("import os, signal\nfor n in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGCONT, signal.SIGWINCH, signal.SIGURG):\n    try: os.kill(0, n)\n    except OSError: pass\n    try: os.kill(-1, signal.SIGCONT)\n    except OSError: pass",), points=10, noted=None, cell_seconds=2.0),
)  # fmt: skip
