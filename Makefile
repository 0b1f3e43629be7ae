# The kit's commands. Each sets everything up by itself the first time (.venv, Python packages, git-lfs).
#   make learn        JupyterLab on lesson 0, with a Hub of your own     (LANGUAGE=zh make learn: in Chinese)
#   make demo         the tutorial's six steps, run by themselves
#   make grade-demo   a made-up class of 60, graded, with its class page
#   make test         every test            make check   formatting, lint, types
#   make test-quick   the tests that start no kernel, browser or model, in about a minute
#   make conformance  huggingface_hub's own tests against this Hub      make bench-hub    the Hub beside its peers
#   make bench-grade  seconds to grade a class, beside nbgrader and otter-grader (ARGS="--only warm": one submission of each kind)
#   make clients      other clients of the Hub, old and new, with pip and npm  (ARGS=0.17: those with 0.17 in their name)
#   make load         300 learners at once: errors, wrong bytes, seconds and the Hub's memory
#   make attack-hub   what a hostile class could try, against a running Hub
#   make attack       hostile and unusual notebooks against the grader: forged points, leaks, stopped batches, lost points
#   make mutation     small changes to the judge, each of which a test must notice
#   make bench        measurements          make release the learners' exercises, generated from source/
#   make messages     the message catalogues, brought up to date and compiled
#   make pictures     diagrams and screenshots for course/pictures, made again
#   make slides       slides of every lesson    make answers  the answer key and the misconceptions, for instructors
#   make stick        the kit, its Python packages and git-lfs in one folder, for a room without internet
#   make jupyterhub  a class in a real JupyterHub, as examples/jupyterhub sets it up; fetches its proxy from npm
#   make sizing       memory and cores that a class in JupyterHub needs, measured here
#   make docs         the documentation site in docs/_build, with the lessons executed; it needs no network
#   make wheel        the package in dist/: built, checked, and installed and used in fresh environments
#   make doctor       what is on this machine and what is missing
#   make constraints  resolve constraints.txt and requirements.lock for every Python that the kit runs on   (ARGS=--upgrade: the newest versions)

.DEFAULT_GOAL := help
.PHONY: clients load help learn demo grade-demo test test-quick check bench bench-hub bench-grade attack attack-hub conformance mutation release messages pictures slides answers stick wheel docs jupyterhub sizing doctor constraints learner developer

BIN := .venv/bin

# The first Python that the kit runs on sets up; PYTHON=... chooses another.
define set_up
@for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$python" -c 'import sys; v = sys.version_info; sys.exit(not (3, 11) <= v < (3, 15) or v[:3] == (3, 14, 1))' >/dev/null 2>&1 \
		&& exec "$$python" -m autograde.setup.bootstrap $@; \
done; \
echo "There is no Python 3.11, 3.12, 3.13 or 3.14 here. Install one (Debian, Ubuntu: sudo apt-get install python3.11-venv), then try again." >&2; \
echo "这台机器上没有 Python 3.11、3.12、3.13 或 3.14，请先安装其中一个再试。" >&2; exit 1
endef

help:
	@sed -n 's/^#   //p' Makefile

learner:
	$(set_up)

developer:
	$(set_up)

learn: learner
	@$(BIN)/autograde learn $(ARGS)

demo: learner
	@$(BIN)/autograde demo $(ARGS)

doctor: learner
	@$(BIN)/autograde doctor

grade-demo: learner
	@$(BIN)/autograde grade-demo $(ARGS)

release: learner
	@$(BIN)/autograde release $(ARGS)

# One worker more than processors: many tests wait for a kernel or a browser. A file's tests stay together, and the slow
# files, which tests/conftest.py puts first, begin first.
PARALLEL := -n $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1 ))) --dist loadfile --no-loadscope-reorder

test: developer
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

# Rooms without kernels, browsers and models: the judge, the notebooks' rules, and the Hub below its API.
QUICK := judge i18n notebooks cli hub/people hub/repos hub/web

test-quick: developer
	$(BIN)/python -m pytest -q $(PARALLEL) $(addprefix tests/,$(QUICK)) $(ARGS)

check: developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m autograde.i18n.wording autograde tests benchmarks examples
	$(BIN)/mypy --num-workers auto

bench: developer
	@for benchmark in benchmarks/bench_*.py; do PYTHONPATH=. $(BIN)/python "$$benchmark" || exit 1; done

mutation: developer
	@$(BIN)/python tests/mutation/run.py $(ARGS)

bench-hub: developer
	@$(BIN)/python benchmarks/bench_hub.py $(ARGS)

# otter-grader has an environment of its own; torch and the kit come from this one.
bench-grade: developer
	@test -x .tools/otter/bin/otter || { $(BIN)/python -m venv .tools/otter && .tools/otter/bin/pip install --quiet otter-grader==7.0.0; }
	@$(BIN)/python -c 'import os, site; print("\n".join([*site.getsitepackages(), os.getcwd()]))' > "$$(echo .tools/otter/lib/python3*/site-packages)/kit.pth"
	@PYTHONPATH=. $(BIN)/python benchmarks/bench_grade.py $(ARGS)

attack: developer
	@$(BIN)/python -m tests.grading.attacks.run $(ARGS)

attack-hub: developer
	@$(BIN)/python -m tests.hub.security.run $(ARGS)

clients: developer
	@$(BIN)/python tests/clients/run.py $(ARGS)

load: developer
	@$(BIN)/python tests/load/run.py $(ARGS)

conformance: developer
	@$(BIN)/python tests/conformance/run.py $(ARGS)

slides: learner
	@$(BIN)/python -m autograde.instructors slides

answers: learner
	@$(BIN)/python -m autograde.instructors answers

# The packages and git-lfs are those for this machine's system, processor and Python. hatchling and editables build the
# kit itself. torch for CPUs comes first: pip then finds it in stick/wheels and fetches nothing for NVIDIA cards.
stick: learner
	@command -v git-lfs >/dev/null || { \
		echo "git-lfs is not on this machine, and the stick needs it. Install it (Debian, Ubuntu: sudo apt-get install git-lfs), then try again." >&2; \
		echo "这台机器上没有 git-lfs，而离线包需要它。请先安装（Debian、Ubuntu：sudo apt-get install git-lfs）再试。" >&2; exit 1; }
	@index="$$($(BIN)/python -c 'from autograde import settings; print(settings.torch_index())')"; test -z "$$index" \
		|| $(BIN)/pip download --no-deps --index-url "$$index" --dest stick/wheels "$$(grep '^torch==' constraints.txt)" || true
	@$(BIN)/pip download --find-links stick/wheels --dest stick/wheels --constraint constraints.txt '.[course]' hatchling editables
	@rm -rf stick/kit stick/bin && mkdir -p stick/kit stick/bin
	@if test -e .git; then git archive HEAD; else tar -c -f - --exclude=./stick --exclude=./.venv --exclude=./.tools --exclude=./workspace .; fi | tar -x -f - -C stick/kit
	@cp "$$(command -v git-lfs)" stick/bin/
	@du -sh stick

pictures: developer
	@$(BIN)/python -m autograde.pictures $(ARGS)

# Needs what `make jupyterhub` has fetched.
sizing: developer
	@$(BIN)/python benchmarks/size_jupyterhub.py $(ARGS)

jupyterhub: developer
	@test -x .tools/jupyterhub/node_modules/.bin/configurable-http-proxy \
		|| npm install --silent --prefix .tools/jupyterhub configurable-http-proxy@5.3.0
	$(BIN)/python -m pytest -q tests/jupyterhub/try_jupyterhub.py $(ARGS)

# -W: a broken link or a lesson that fails is an error.
docs: developer
	$(BIN)/sphinx-build -q -W --keep-going $(ARGS) docs docs/_build
	@echo "docs/_build/index.html"

wheel: developer
	@rm -rf dist
	$(BIN)/python -m hatchling build -d dist
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/python -m autograde.setup.try_wheel dist/*.whl

messages: developer
	@$(BIN)/python -m autograde.i18n.catalogues $(ARGS)

# For every Python of requires-python and every system at once. torch names the versions of its CUDA packages itself, and
# on Windows the kit runs in WSL: such lines would only be noise.
constraints: developer
	@cp constraints.txt constraints.new
	@$(BIN)/uv pip compile --quiet --universal --all-extras --no-annotate --no-header $(ARGS) pyproject.toml -o constraints.new
	@{ sed -n '/^#/p' constraints.txt; sed -E "/^(nvidia-|cuda-|triton)|== '(win32|nt)'|== 'emscripten'/d" constraints.new; } > constraints.sorted
	@mv constraints.sorted constraints.txt && rm constraints.new
	@$(BIN)/uv pip compile --quiet --universal --no-deps --no-annotate --no-header --generate-hashes constraints.txt -o constraints.new
	@{ sed -n '/^#/p' requirements.lock; cat constraints.new; } > constraints.sorted
	@mv constraints.sorted requirements.lock && rm constraints.new
