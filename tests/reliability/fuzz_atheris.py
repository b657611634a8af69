"""The same judgement under a coverage-guided fuzzer, for hours, by hand.

python3 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris -r requirements.txt
/tmp/fuzz/bin/python -m tests.reliability.fuzz_atheris -max_total_time=3600
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["kis"]):
    from tests.reliability.fuzz import ENDPOINTS, Fuzz

STATUSES = (200, 500, 403, 404)
FLAGS = ("", "F", "M", "D")


def one_input(data: bytes) -> None:
    """The first bytes choose endpoint, status and header; the rest is the body."""
    if len(data) < 3:
        return
    name = list(ENDPOINTS)[data[0] % len(ENDPOINTS)]
    status = STATUSES[data[1] % len(STATUSES)]
    Fuzz().feed(name, data[3:], status, {"tr_cont": FLAGS[data[2] % len(FLAGS)]})


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
