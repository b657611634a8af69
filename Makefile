# Everything runs in .venv, made from pinned and hashed requirements.
PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/bash

.PHONY: demo test lint unit proof image-test bench soak clean

demo: .venv/ready ## 모의 거래일: 계좌도 서버도 필요 없음
	@$(BIN)/python -m tests.demo

test: lint unit ## 린트, 타입, 테스트 (고장은 make proof, 이미지는 make image-test)

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Half of a run's time is waiting for the limits of KIS: more workers than cores.
unit: .venv/ready-dev redis
	$(BIN)/python -m pytest -n 4 --ignore=tests/image --ignore=tests/reliability

proof: .venv/ready-dev redis ## 일부러 낸 고장: 죽이기, 끊기, 거짓 응답
	$(BIN)/python -m pytest -n 3 tests/reliability

image-test: .venv/ready-dev ## 이미지 빌드와 실행 (도커 필요)
	tests/image/engine.sh
	$(BIN)/python -m pytest tests/image

bench: .venv/ready-dev redis
	$(BIN)/python -m bench

soak: .venv/ready-dev redis
	$(BIN)/python -m tests.reliability.soak

clean:
	rm -rf .venv .venv-bench .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 이상이 필요합니다 (PYTHON=python3.12 make demo)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "venv가 필요합니다: apt-get install python3-venv"; exit 1; }
	@echo "필요한 패키지를 .venv에 설치합니다…"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --disable-pip-version-check -q --require-hashes -r requirements.txt
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt
	@echo "시험에 필요한 패키지를 .venv에 설치합니다…"
	@$(BIN)/pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: redis
redis:
	@command -v redis-server >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	       && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null; } \
	  || { echo "redis-server가 필요합니다: apt-get install redis-server"; exit 1; }
