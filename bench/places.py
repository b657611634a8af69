"""The environments the benchmarks run in, made when missing. Standard library only."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
HOME = ROOT / ".venv-bench"

#: Nothing but the product's own packages, as in the image. The harness runs in it, too.
PRODUCT = HOME / "product"
#: The clocks, and the packages of those we are measured beside.
OTHERS = HOME / "others"

RUN = ROOT / "run.py"
PYTHON = PRODUCT / "bin" / "python"
OTHER_PYTHON = OTHERS / "bin" / "python"
HYPERFINE = OTHERS / "bin" / "hyperfine"


def prepare() -> None:
    """Make both environments, from hashed lists."""
    HOME.mkdir(exist_ok=True)
    (HOME / ".gitignore").write_text("*\n")
    _make(PRODUCT, ROOT / "requirements.txt")
    _make(OTHERS, BENCH / "requirements.txt")


def _make(directory: Path, requirements: Path) -> None:
    """A virtual environment with exactly these packages; kept while list and Python stay."""
    state = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    mark = directory / "ready"
    if mark.exists() and mark.read_text() == state:
        return
    print(f"installing {requirements.relative_to(ROOT)}", flush=True)
    venv.create(directory, clear=True, with_pip=True)
    pip = [str(directory / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    install = ["install", "--quiet", "--require-hashes", "-r", str(requirements)]
    subprocess.run([*pip, *install], check=True)
    mark.write_text(state)
