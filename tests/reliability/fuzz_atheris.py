"""The same judgement under a coverage-guided fuzzer, for hours, by hand.

python3 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris -r requirements.txt
/tmp/fuzz/bin/python -m tests.reliability.fuzz_atheris -max_total_time=3600
"""

from __future__ import annotations

import random
import sys

import atheris

with atheris.instrument_imports(include=["kis"]):
    from tests.reliability.fuzz import ENDPOINTS, SAMPLES, Fuzz
    from tests.reliability.mangle import mangled

STATUSES = (200, 500, 403, 404)
FLAGS = ("", "F", "M", "D")
BODIES = {name: (SAMPLES / f"{name}.json").read_bytes() for name in ENDPOINTS}


def one_input(data: bytes) -> None:
    """Three bytes choose endpoint, status and header; the rest is the body, or how to spoil one."""
    if len(data) < 4:
        return
    name = list(ENDPOINTS)[data[0] % len(ENDPOINTS)]
    status = STATUSES[data[1] // 64]
    body = data[4:] if data[3] % 4 == 0 else mangled(random.Random(data[4:]), BODIES[name])
    Fuzz().feed(name, body, status, {"tr_cont": FLAGS[data[2] % len(FLAGS)]})


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
