# Verbs for developers; see CONTRIBUTING.md. Users need none of them.
.PHONY: demo test types lint doc bench

demo:
	.venv/bin/python -m skbit

test:
	.venv/bin/pytest -n auto

types:
	.venv/bin/mypy

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

doc:
	.venv/bin/python -m sphinx -W --keep-going -b html doc doc/_build/html

bench:
	cd asv_bench && ../.venv/bin/asv run --python=same --quick
