"""python -m bench: make what is needed, then measure."""

import os
import sys

from bench import places

if __name__ == "__main__":
    places.prepare()
    os.chdir(places.ROOT)
    os.execv(places.PYTHON, [str(places.PYTHON), "-m", "bench.suite", *sys.argv[1:]])
