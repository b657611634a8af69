"""Imports point down only, and KIS's abbreviations stay in kis/broker/."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = [ROOT / "run.py", *sorted((ROOT / "kis").rglob("*.py"))]

BELOW = {"kis.__version__", "kis.core", "kis.ports", "kis.errors", "kis.deadline"}
OUTWARD = BELOW | {"kis.http"}
#: What a part of the program may know, besides itself.
ALLOWED = {
    "kis.core": set[str](),
    "kis.errors": set[str](),
    "kis.deadline": {"kis.errors"},
    "kis.http": {"kis.__version__"},
    "kis.logs": {"kis.core", "kis.errors"},
    "kis.environment": {"kis.errors"},
    "kis.settings": {"kis.core", "kis.environment", "kis.errors"},
    "kis.heartbeat": {"kis.http"},
    "kis.ports": {"kis.core"},
    "kis.jobs": BELOW - {"kis.__version__"},
    "kis.broker": OUTWARD,
    "kis.channels": OUTWARD,
    "kis.store": BELOW,
}
ABBREVIATIONS = re.compile(
    r"odno|ccld|ccnl|cntg|pdno|prdt|hldg|evlu|pchs|pfls|ntby|frgn|prpr|dvsn|bsop|opnd|excg|cblc"
    r"|(msg|rt)_cd|msg1|tr_(id|cont)|ord_(dt|tmd|qty|unpr|gno)|ctx_area|cano\b|acnt|ctac_tlno",
    re.IGNORECASE,
)


def part(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole module"
            names = (f"kis.{alias.name}" for alias in node.names)
            yield from names if node.module == "kis" else [node.module or ""]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_only(path: Path) -> None:
    own = part(".".join(path.relative_to(ROOT).with_suffix("").parts))
    known = {part(name) for name in imported(path) if name.split(".")[0] in ("kis", "run", "tests")}
    assert known - {own} <= ALLOWED.get(own, {name for name in known if name.startswith("kis")})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_kis_abbreviation_outside_the_broker(path: Path) -> None:
    if path.parent.name != "broker":
        assert not ABBREVIATIONS.search(path.read_text())
