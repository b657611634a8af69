"""An idle `fills` run beside the script that only loads the packages and makes the calls.

Beside both, in the same rounds, one poll by the clients a user would pick instead.
"""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from bench.clock import Case, in_turn
from bench.counting import RoundTrips, commits, modules
from bench.places import BENCH, OTHER_PYTHON, PYTHON
from bench.results import MEBIBYTE, Section, ratio, spread
from bench.scene import Scene, json_headers, make_scene, new_folder
from tests.simulator import KST, Kis
from tests.simulator.sample import add_sample_market

#: Ledger calls of one account are this far apart, so that no run waits for its turn.
APART = 1.3
FLOOR, BARE = "floor script", "bare `python -c pass`"
HEAD = ["case", "wall, ms", "CPU, ms", "peak, MiB", "wall x floor", "CPU x floor", "peak x floor"]
ORDERS_PATH = "/uapi/domestic-stock/v1/trading/inquire-daily-ccld"


def measure(folder: Path, repeats: int) -> Section:
    with make_scene(folder) as scene, ExitStack() as stack:
        # The others judge their tokens by the real clock.
        today = datetime.now(KST)
        simulators = [stack.enter_context(Kis(now=today, strict=False)) for _ in range(2)]
        others = _others(folder, simulators)
        cases = [*_ours(scene), *others]
        for case in cases:
            for _ in range(2):  # The first run issues a token and asks for the calendar.
                case.run()
            case.samples.clear()
        in_turn(cases, repeats)
        section = _section(cases, repeats)
        _count(scene, section)
        for case, kis in zip(others, simulators, strict=True):
            before = len(kis.calls)
            case.run()
            section.notes.append(f"{case.name}: {len(kis.calls) - before} KIS calls")
    return section


def _ours(scene: Scene) -> list[Case]:
    world = scene.worlds["Redis"]
    query = {
        "CANO": "12345678",
        "ACNT_PRDT_CD": "01",
        "INQR_STRT_DT": f"{world.kis.now:%Y%m%d}",
        "INQR_END_DT": f"{world.kis.now:%Y%m%d}",
        "SLL_BUY_DVSN_CD": "00",
        "CCLD_DVSN": "00",
        "INQR_DVSN": "01",
        "INQR_DVSN_3": "00",
        "EXCG_ID_DVSN_CD": "ALL",
        **dict.fromkeys(("PDNO", "INQR_DVSN_1", "ORD_GNO_BRNO", "ODNO"), ""),
        **dict.fromkeys(("CTX_AREA_FK100", "CTX_AREA_NK100"), ""),
    }
    environment = {
        "PATH": world.environment["PATH"],
        "FLOOR_URL": f"{world.kis.url}{ORDERS_PATH}?{urlencode(query)}",
        "FLOOR_HEADERS": json_headers(world.kis, tr_id="TTTC0081R", tr_cont=""),
        "FLOOR_REDIS_URL": scene.server.url,
    }
    world.kis.limits = False  # The floor's calls must not be charged to ours.
    script = [str(PYTHON), str(BENCH / "floors" / "idle.py")]
    return [
        Case(FLOOR, script, environment, scene.folder),
        scene.case("Redis", "fills", "`fills`, Redis", APART),
        scene.case("SQLite", "fills", "`fills`, SQLite", APART),
        Case(BARE, [str(PYTHON), "-c", "pass"], environment, scene.folder),
    ]


def _others(folder: Path, simulators: list[Kis]) -> list[Case]:
    cases = []
    for name, script, kis in zip(
        ("python-kis 2.1.6, one poll", "mojito2 0.1.6, one poll"),
        ("poll_python_kis.py", "poll_mojito.py"),
        simulators,
        strict=True,
    ):
        add_sample_market(kis)
        kis.limits = False  # Neither knows the ledger's limit.
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "KIS_BASE_URL": kis.url,
            "KIS_APP_KEY": kis.app_key,
            "KIS_APP_SECRET": kis.app_secret,
            "KIS_ACCOUNT_NO": kis.account,
            "DAY": kis.now.date().isoformat(),
        }
        words = [str(OTHER_PYTHON), str(BENCH / "others" / script)]
        cases.append(Case(name, words, environment, new_folder(folder, script)))
    return cases


def _section(cases: list[Case], repeats: int) -> Section:
    section = Section(
        "An idle `fills` run",
        [
            "Nothing new to tell: start, decide, end. The floor script imports requests, redis,"
            " tenacity and pydantic_settings, makes the same GET and three Redis commands."
            f" {repeats} rounds; each ratio is taken within its round.",
        ],
        HEAD,
    )
    floor = cases[0].samples
    for case in cases:
        ratios = {what: ratio(case.samples, floor, what) for what in ("wall", "cpu", "peak")}
        section.rows.append(
            [
                case.name,
                spread(case.samples, "wall").show(0, 1000),
                spread(case.samples, "cpu").show(0, 1000),
                spread(case.samples, "peak").show(1, 1 / MEBIBYTE),
                *(found.show(2) for found in ratios.values()),
            ]
        )
        limits = {"`fills`, Redis": 1.15, "`fills`, SQLite": 0.75}
        if case.name in limits:
            limit = limits[case.name]
            for what, wanted in (("wall", limit), ("cpu", limit), ("peak", 1.05)):
                found = ratios[what]
                label = {"wall": "wall", "cpu": "CPU", "peak": "peak memory"}[what]
                section.goal(
                    f"idle {case.name}: {label}",
                    f"≤ {wanted} x floor",
                    found.show(2),
                    found.median <= wanted,
                )
    return section


def _count(scene: Scene, section: Section) -> None:
    """Calls, round trips and modules of one idle run on each store; no clock is involved."""
    for store, world in scene.worlds.items():
        world.next_minute()
        calls, posts = len(world.kis.calls), len(world.discord.attempts)
        with RoundTrips(scene.server.port) as counter:
            if store == "Redis":
                world.environment["REDIS_URL"] = counter.url
            run = world.run("fills", PYTHONPROFILEIMPORTTIME="1", PYTHONWARNINGS="")
            trips = counter.count
        assert run.code == 0, run.err
        calls = len(world.kis.calls) - calls
        posts = len(world.discord.attempts) - posts
        if store == "SQLite":
            trips = commits(world.folder / "state.db")
        section.notes.append(
            f"{store}: {calls} KIS call, {trips}"
            f" {'store round trips' if store == 'Redis' else 'commits'}, {posts} Discord calls,"
            f" {len(modules(run.err))} modules imported"
        )
        section.goal(
            f"idle `fills`, {store}: calls",
            "1 KIS, 1 store round trip for the decision, 0 Discord",
            f"{calls} KIS, {trips} to the store (opening, pacing, end), {posts} Discord",
            (calls, trips, posts) == (1, 3, 0),
        )
