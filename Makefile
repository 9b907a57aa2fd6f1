# The commands of the house. `make help` lists them. Needs Python 3.11 or newer and make.

PYTHON ?= python3
PORT ?= 8000
JOBS ?= 2
POINTS ?= 200
CLAUSES ?= 300

VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
# Messages in the middle of work would only say what the next line says.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes
STATIC := $(shell find static declarations/static -type f 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run port test poppler proof proof-documents bench-publish bench-submit bench-read browser chromium nginx
.PHONY: check format messages migrations requirements clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Running ----------------------------------------------------------------------------------------------------------

run: export PORT := $(PORT)
run: export SITE_URL := http://127.0.0.1:$(PORT)
run: port $(VENV)/installed .env var/static/collected ## Run the demonstration forum; PORT= and DATABASE_URL= change where
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed_demo --if-missing
	@exec $(BIN)/python -m forum.serve

port:
	@PORT=$(PORT) $(PYTHON) -m forum.serve --check

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(BIN)/python
	@echo "Installing what the site runs on (once)."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing what tests and checks need (once)."
	@$(PIP) -r requirements-dev.txt
	@touch $@

.env: | $(BIN)/python
	@$(BIN)/python -m forum.secrets_file $@

var/static/collected: $(STATIC) $(VENV)/installed | .env
	@$(MANAGE) collectstatic --no-input --verbosity 0
	@touch $@

# A program that is not Python's to install, the packages that bring it, and what holds where it is there.
define program
@$(3) || { \
  test "$$(id -u)" = 0 || { echo "$(1) is missing: apt-get install $(2)"; exit 1; }; \
  apt-get update -qq && apt-get install -qq -y --no-install-recommends $(2); }
endef

# --- Proving ----------------------------------------------------------------------------------------------------------

test: $(VENV)/installed-dev poppler ## Run every test on SQLite, then on a PostgreSQL server of their own
	@mkdir -p var && rm -f var/tests.txt
	@failed=0; \
	export TESTS_REPORT=var/tests.txt; \
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal || failed=1; \
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -p tests.postgres || failed=1; \
	echo; cat var/tests.txt; \
	exit $$failed

poppler:
	$(call program,pdftotext,poppler-utils,command -v pdftotext > /dev/null)

proof: $(VENV)/installed-dev ## Kill the server 200 times on each database while phones send, and whoever publishes; POINTS= SEED=
	@$(BIN)/python -m tests.proof --points $(POINTS) $(if $(SEED),--seed $(SEED))
	@$(BIN)/python -m tests.proof --points $(POINTS) $(if $(SEED),--seed $(SEED)) --postgres
	@PUBLISHING_KILLS=$(POINTS) SEED=$(SEED) $(BIN)/python -m pytest -q tests/running/test_publishing_killed.py
	@PUBLISHING_KILLS=$(POINTS) SEED=$(SEED) $(BIN)/python -m pytest -q -p tests.postgres tests/running/test_publishing_killed.py

bench-publish: $(VENV)/installed-dev ## Publish 300 clauses in three languages in every form while people testify, and measure; CLAUSES=
	@$(BIN)/python -m tests.proof.publishing --clauses $(CLAUSES)
	@$(BIN)/python -m tests.proof.publishing --clauses $(CLAUSES) --postgres

# LibreOffice and Java are heavy, so this is no part of CI: there the tests that need them are skipped, and say so.
# pdftotext is light: `make test` sees to it.
proof-documents: $(VENV)/installed-dev ## Open every document with the programs that people have: LibreOffice, epubcheck, pdftotext
	@for program in soffice java pdftotext; do command -v $$program > /dev/null || { \
	  echo "$$program is missing: apt-get install libreoffice-writer default-jre-headless poppler-utils"; exit 1; }; done
	@$(BIN)/python -m pytest -q tests/publishing/test_documents.py tests/publishing/test_words.py

canary: $(VENV)/installed-dev ## Search everything the site keeps for what people typed, on both databases (a part of `make test`)
	@$(BIN)/python -m pytest -q -n $(JOBS) tests/canaries
	@$(BIN)/python -m pytest -q -n $(JOBS) -p tests.postgres tests/canaries

bench-submit: $(VENV)/installed-dev ## Measure whole testimonies a second beside a plain form, on both databases
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench --postgres

browser: $(VENV)/installed-dev chromium nginx var/static/collected ## Run the tests in Chromium, at the size of a phone, and behind nginx
	@DJANGO_ALLOW_ASYNC_UNSAFE=1 $(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup tests/browser

chromium:
	$(call program,Chromium,chromium,command -v chromium > /dev/null)

bench-read: $(VENV)/installed-dev nginx ## Measure how fast pages are read, beside a trivial view and nginx, on both databases
	$(call program,wrk,wrk,command -v wrk > /dev/null)
	@$(BIN)/python -m tests.bench_read
	@$(BIN)/python -m tests.bench_read --postgres

nginx:
	$(call program,nginx,nginx-light libnginx-mod-http-brotli-static,test -x /usr/sbin/nginx -a -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so)

# The checks look at a site that is served by https, with secrets that nobody uses.
check: export ENV_FILE := var/check.env
check: export SITE_URL := https://forum.example.org
check: export DATABASE_URL := sqlite:///$(CURDIR)/var/check.sqlite3
check: export DEBUG := 0
check: $(VENV)/installed-dev ## Check style, types, imports, templates, migrations, catalogues and the posture
	@mkdir -p var && $(BIN)/python -m forum.secrets_file $(ENV_FILE) > /dev/null
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo
	find templates declarations/templates -name '*.html' 2> /dev/null | xargs -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/python -m forum.catalogues --check
	$(MANAGE) makemigrations --check --dry-run --verbosity 1
	$(MANAGE) check --deploy --fail-level WARNING

# --- Working ----------------------------------------------------------------------------------------------------------

format: $(VENV)/installed-dev ## Put code and templates into shape
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .
	@find templates declarations/templates -name '*.html' 2> /dev/null | xargs -r $(BIN)/djade --target-version 5.2

messages: $(VENV)/installed-dev .env ## Collect the strings to translate (needs gettext), tidy and compile the catalogues
	@$(MANAGE) makemessages --locale fr --locale ar --no-obsolete --add-location file --ignore var --ignore tests
	@$(BIN)/python -m forum.catalogues

migrations: $(VENV)/installed .env ## Write the migrations that the models ask for
	@$(MANAGE) makemigrations

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

requirements: $(VENV)/installed-dev ## Compile the pins, with hashes
	@$(COMPILE) --output-file requirements.txt requirements.in
	@$(COMPILE) --output-file requirements-dev.txt requirements-dev.in

clean: ## Remove what can be made again; secrets and data stay
	@rm -rf $(VENV) var/static var/check.* var/tests.txt .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
