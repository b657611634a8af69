"""Options -> sections -> RESULTS.md. Started by __main__.py in the product's environment."""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from bench import results

SECTIONS = ("idle", "report", "heavy_day", "accounts", "image")
REPEATS = 15


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="rounds of each part")
    parser.add_argument("--only", default=",".join(SECTIONS), help="parts, by comma")
    options = parser.parse_args(arguments)
    for name in options.only.split(","):
        print(f"{name} ...", flush=True)
        module = importlib.import_module(f"bench.{name}")
        with tempfile.TemporaryDirectory() as folder:
            results.keep(name, module.measure(Path(folder), options.repeats))
        results.write(SECTIONS)
    print(results.RESULTS.read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
