# Thin: every target is one command. VAR=DIR moves everything a try-out writes; PORT moves the site.
VAR ?= var
PORT ?= 8000
PYTHON := .venv/bin/python
LAUNCH := $(PYTHON) -m config.launch
export VAR PORT cmd only args from size minutes villages rate people
cmd ?= help
only ?=
args ?=
from ?=
size ?= 1
minutes ?=
villages ?=
rate ?=
people ?=

.PHONY: run test shots manage bench drill load upgrade backup restore check lock sbom setup

run: setup        ## the whole site on http://127.0.0.1:$(PORT)
	@$(LAUNCH) run

test: setup       ## the whole suite; only=PATH narrows it, args='…' goes to pytest
	@$(LAUNCH) test --only="$$only" --args="$$args"

shots: setup      ## every page as each role, as pictures under $(VAR)/shots
	@$(LAUNCH) shots

manage: setup     ## cmd='…' on the embedded database
	@$(LAUNCH) manage "$$cmd"

bench: setup      ## ratios; only=NAME runs one workload
	@$(LAUNCH) bench --only="$$only"

drill: setup      ## faults on purpose; only=NAME, size=0.1 for a tenth, minutes=6 for the most one drill may take
	@$(LAUNCH) drill --only="$$only" --size="$$size" --minutes="$$minutes"

load: setup       ## the hour before the deadline; minutes=30 the whole of it; only=pages: what a page costs, by size
	@$(LAUNCH) load --only="$$only" --minutes="$$minutes" --villages="$$villages" --rate="$$rate" --people="$$people"

upgrade: setup    ## backup, migrate, check
	@$(LAUNCH) upgrade

backup: setup     ## database and files into $(VAR)/backups
	@$(LAUNCH) backup

restore: setup    ## from=FOLDER of a backup
	@$(LAUNCH) restore "$$from"

check: setup      ## everything a machine can say without running the suite
	@$(PYTHON) -m config.check

sbom:             ## what the site is made of, from the lock files, as CycloneDX into $(VAR)/sbom.json
	@python3 config/sbom.py $(VAR)/sbom.json

lock:             ## hashed requirements from pyproject.toml; needs uv
	@python3 config/install.py lock

setup:
	@python3 config/install.py
