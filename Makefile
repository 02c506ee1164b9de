# Everything here is a short name for a command that also works without make.
.DEFAULT_GOAL := help
.PHONY: help setup run stop reset worker assets test lint fix bench bench-all chaos-smoke chaos campaign fuzz-api messages docs compose-secrets lock
PYTHON := .venv/bin/python

help: ## show this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with the development tools and build the browser assets; start nothing
	@bin/test --setup-only

run: ## start the portal and everything it needs (DETACH=1: in the background)
	@bin/run $(if $(DETACH),--detach)

stop: ## stop the portal of this clone
	@bin/run --stop

reset: ## delete this clone's data: database, files, keys (asks first; YES=1: does not)
	@bin/run --reset $(if $(YES),--yes)

worker: .venv ## one more Celery worker beside a running portal
	@$(PYTHON) bin/_runtime worker

assets: .venv ## build style sheets, icons and fonts again where their sources changed
	@$(PYTHON) bin/_runtime assets

test: ## the whole suite on throw-away servers (ARGS="tests/dossiers -k supplement")
	@bin/test $(ARGS)

lint: .venv ## format, rules, types, import order, migrations, templates
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run --settings=portal.settings.test
	.venv/bin/djlint --lint --quiet templates

fix: .venv ## let ruff mend what it can
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bench: .venv ## the four benches of the main job, some six minutes; each is a table with bounds, and fails where one is missed
	@$(PYTHON) -m tests.bench

bench-all: .venv ## every bench, large databases too: most of an hour
	@$(PYTHON) -m tests.bench all

bench-%: .venv ## one bench, by the name of tests/bench/bench_NAME.py (bench-sync: ROWS=1000000 for the large database; bench-store: ROWS=100 to see that it runs)
	@$(PYTHON) -m tests.bench $*

chaos-smoke: .venv ## filings, payments and pushes while parts are killed; counts what was lost (nothing)
	@$(PYTHON) -m tests.faults.chaos_smoke

chaos: .venv ## 20,000 events of three partners while everything is killed; by hand, most of an hour (ARGS="--events 2000")
	@$(PYTHON) -m tests.faults.chaos $(ARGS)

campaign: .venv ## a leader approves 10,000 dossiers at one press; stopped, gone on with, a worker killed: one result each (ARGS="--papers 200")
	@$(PYTHON) -m tests.faults.campaign $(ARGS)

fuzz-api: .venv ## thousands of drawn requests against every operation of the API (EXAMPLES=5000): no server error
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) bin/test tests/api/test_fuzzed.py -n0

messages: .venv ## collect the texts to translate (needs GNU gettext), and compile them
	$(PYTHON) manage.py makemessages -l en --no-obsolete --no-location -i node_modules -i var -i '.venv' -i 'portal/sandbox'
	@$(PYTHON) bin/_runtime messages

docs: .venv ## write docs/api/openapi.yaml, docs/lifecycle.md and docs/environment.md from the code
	$(PYTHON) manage.py write_openapi --settings=portal.settings.test
	$(PYTHON) manage.py write_lifecycle --settings=portal.settings.test
	$(PYTHON) bin/_runtime docs

compose-secrets: .venv ## write var/compose/secrets for docker-compose.yml, where missing
	@$(PYTHON) bin/_runtime compose_secrets

lock: ## lock requirements and npm packages again after pyproject.toml or package.json changed (needs uv and npm)
	bin/_runtime/lock_requirements.sh
	npm install --package-lock-only --ignore-scripts

.venv:
	@bin/test --setup-only
