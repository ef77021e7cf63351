# Deep Learning, Checked. `make` alone lists what there is to make.
#
# PYTHON       the interpreter that creates .venv               make book PYTHON=python3.12
# PIP_OPTIONS  passed on to `pip install`                       (README.md: the CPU build of torch)
# REQUIREMENTS what is installed; else requirements.txt         (.ci/newest.py: the newest versions)
# BENCH        parts to measure                                 make bench BENCH="build pages"
# PYTEST       passed on to pytest by `make test`               make test PYTEST="-k evidence"
# CHAPTER      whose code `make slips` makes mistakes in        make slips CHAPTER=memory/rnn-bptt
# SEEDS        for how many seeds `make replicate` runs each claim       make replicate SEEDS=500
# CHAPTERS     notebooks that `make replicate` runs; all, if not given
# PORT         where `make serve` and `make lab` listen         make serve PORT=9000

PYTHON ?= python3
PIP_OPTIONS ?=
REQUIREMENTS ?= requirements.txt
PYTEST ?=
BENCH ?=
CHAPTER ?= memory/rnn-bptt
SEEDS ?= 50
CHAPTERS ?=
PORT ?= 8000

PY := .venv/bin/python
READY := .venv/.requirements-installed
BUILD := .venv/bin/jupyter-book build . --quiet --nitpick --warningiserror --keep-going
PACK := $(PY) -m dlbook.site.offline
EXTRA := $(foreach key,codemirror_mode file_extension mimetype nbconvert_exporter pygments_lexer version,metadata.language_info.$(key))

# One thread a kernel: two threads do not give the same last digits twice, and are slow on busy cores.
export OMP_NUM_THREADS := 1
# The kernel is the one in .venv, with nobody's start-up files, whatever else is installed on this machine.
export JUPYTER_PREFER_ENV_PATH := 1
export IPYTHONDIR := $(CURDIR)/_build/.ipython
unexport JUPYTER_PATH MPLBACKEND PYTHONHOME PYTHONPATH PYTHONWARNINGS

.PHONY: help book test deck serve lab lint check-links strip slips bench replicate clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

book: $(READY) ## execute the chapters that changed and build the site in _build/html
	@$(PY) -m dlbook.site.execute
	@$(PY) -m dlbook.site.vendor
	@$(BUILD)
	@$(PACK)
	@echo "The book is built. Open $(CURDIR)/_build/html/index.html"

test: $(READY) ## execute every chapter, build the site, run all tests
	@$(PY) -m dlbook.site.execute --all
	@$(PY) -m dlbook.site.vendor
	@$(BUILD)
	@$(PACK)
	@$(PY) -m pytest -n 3 --dist loadfile $(PYTEST)

deck: book ## build the question bank as a deck of cards for Anki
	@echo "The deck: $(CURDIR)/_build/html/_static/deep-learning-checked.apkg"

serve: book ## build, then serve the site on http://127.0.0.1:8000
	$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: $(READY) ## open the chapters in JupyterLab
	$(PY) -m jupyterlab --port $(PORT) chapters

lint: $(READY) ## check the code of the package, the tests and the chapters
	@$(PY) -m ruff check .

check-links: $(READY) ## ask whether the outside links of the built site still lead somewhere
	@$(PY) -m dlbook.site.links

strip: $(READY) ## take outputs out of the notebooks, as they are stored
	@find chapters -name '*.ipynb' -not -path '*/.*' -exec $(PY) -m nbstripout --keep-id --extra-keys "$(EXTRA)" {} +

slips: $(READY) ## plant random small mistakes in a chapter and count how many it notices (CHAPTER=...)
	@$(PY) -m tests.slips chapters/$(CHAPTER).ipynb

bench: $(READY) ## measure chapters, builds and pages; prints a table, writes _build/bench/bench.json
	@$(PY) -m tests.bench $(BENCH)

replicate: $(READY) ## put every claim to many seeds (SEEDS=50); stopped, it goes on; see _build/replication
	@$(PY) -m dlbook.replication $(SEEDS) $(CHAPTERS)

clean: ## remove everything that was built (.venv stays)
	rm -rf _build .hypothesis

$(READY): $(REQUIREMENTS) pyproject.toml
	@py=$(PYTHON); if [ -x $(PY) ]; then py=$(PY); fi; \
	if command -v "$$py" > /dev/null 2>&1; then "$$py" dlbook/prerequisites.py; \
	else echo "Python was not found: no $$py. Install Python 3.11 or newer, or name it: make book PYTHON=/path/to/python3" >&2; exit 1; fi
	@$(PY) -m pip --version > /dev/null 2>&1 || { echo "Creating .venv"; "$(PYTHON)" -m venv .venv; }
	$(PY) -m pip install --disable-pip-version-check $(PIP_OPTIONS) -r $(REQUIREMENTS)
	@touch $@
