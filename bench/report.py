"""A report of 50 holdings, each KIS answer taking 150 ms, KIS's limits on."""

import json
from datetime import time, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

from bench.clock import Case, in_turn
from bench.places import BENCH, PYTHON
from bench.results import Section, Spread, ratio, spread
from bench.scene import Scene, json_headers, make_scene
from tests.simulator import Kis
from tests.world import MONDAY, World

HOLDINGS = 50
LATENCY = 0.15
#: Quotations a second: the default for a real account, what KIS's notice of 2026-04 allows, and one
#: below the limit of long-standing customers (20), which is the simulator's.
RATES = (15, 18, 19)
#: A balance call follows another of the same account; a second's quotations have been forgotten.
APART = 2.5
BALANCE = {
    "CANO": "12345678",
    "ACNT_PRDT_CD": "01",
    "AFHR_FLPR_YN": "N",
    "INQR_DVSN": "01",
    "UNPR_DVSN": "01",
    "FUND_STTL_ICLD_YN": "N",
    "FNCG_AMT_AUTO_RDPT_YN": "N",
    "PRCS_DVSN": "00",
    **dict.fromkeys(("OFL_YN", "CTX_AREA_FK100", "CTX_AREA_NK100"), ""),
}


def measure(folder: Path, repeats: int) -> Section:
    with make_scene(folder) as scene:
        world = scene.worlds["SQLite"]
        _hold(world.kis)
        cases = _cases(scene, world)
        world.run("report", "--force")  # Issues the token.
        world.discord.messages.clear()
        in_turn(cases, repeats)
        return _section(cases, world, repeats)


def _hold(kis: Kis) -> None:
    """After the close, when today's figures are final: one quotation for each holding."""
    kis.now = MONDAY + timedelta(hours=6, minutes=30)
    kis.flows_final_at = time(15, 40)
    kis.latency = LATENCY
    for number in range(HOLDINGS):
        symbol = f"{100_000 + number * 10}"
        kis.market.hold(symbol, f"종목 {number}", 10, 72000, 74500)
        kis.market.flow(symbol, kis.now.date(), foreign=15000, institution=-3200)


def _cases(scene: Scene, world: World) -> list[Case]:
    kis = world.kis
    script = [str(PYTHON), str(BENCH / "floors" / "report.py")]
    environment = {
        "PATH": world.environment["PATH"],
        "KIS_BASE_URL": kis.url,
        "FLOOR_HEADERS": json_headers(kis, tr_cont=""),
        "FLOOR_BALANCE": json.dumps(BALANCE),
    }
    cases = [Case("one call after another", script, environment, scene.folder, APART)]
    for rate in RATES:
        case = scene.case("SQLite", "report", "", APART, KIS_QUOTE_RATE=str(rate))
        case.name = f"`report`, {rate} quotations a second"
        case.command = [*case.command, "--force"]
        cases.append(case)
    for case in cases:
        case.before = partial(_next_second, kis, case)
    return cases


def _next_second(kis: Kis, case: Case) -> None:
    """Limits count afresh, and a report is one that was not sent yet."""
    kis.rest()
    kis.now += timedelta(seconds=1)
    case.command = [
        kis.now.isoformat() if before == "--at" else word
        for before, word in pairwise(["", *case.command])
    ]


def _section(cases: list[Case], world: World, repeats: int) -> Section:
    sequence = cases[0].samples
    sequence_median = spread(sequence, "wall").median
    section = Section(
        f"A report of {HOLDINGS} holdings",
        [
            f"Each KIS answer takes {LATENCY * 1000:.0f} ms, limits are on, SQLite, {repeats}"
            " rounds, after the close: one page of the balance and 50 quotations. The floor is the"
            " limit's own: the balance's answer, 49 intervals, the last quotation's answer. Beside"
            " it the same calls by one requests session, one after another.",
        ],
        [
            "case",
            "floor, s",
            "wall, s",
            "wall x floor",
            "x quicker than one after another",
            "at most",
        ],
        [["one call after another", "–", spread(sequence, "wall").show(), "–", "1", "–"]],
    )
    for rate, case in zip(RATES, cases[1:], strict=True):
        floor = 2 * LATENCY + (HOLDINGS - 1) / rate
        walls = Spread.of([sample.wall / floor for sample in case.samples])
        quicker = ratio(sequence, case.samples, "wall")
        section.rows.append(
            [
                case.name,
                f"{floor:.2f}",
                spread(case.samples, "wall").show(),
                walls.show(),
                quicker.show(),
                f"{sequence_median / floor:.2f}",
            ]
        )
        section.goal(
            f"`report`, {HOLDINGS} holdings, {rate}/s: wall",
            "≤ 1.15 x floor",
            walls.show(),
            walls.median <= 1.15,
        )
        section.goal(
            f"`report`, {HOLDINGS} holdings, {rate}/s: against one after another",
            "≥ 2.5 x quicker",
            f"{quicker.show()}; no program more than {sequence_median / floor:.2f}",
            quicker.median >= 2.5,
        )
    refused = sum(call.code.startswith("EGW") for call in world.kis.calls)
    section.goal("`report`: limit errors provoked", "0", str(refused), refused == 0)
    section.notes.append(
        "The last column is what a program could reach that took no time itself: one call after"
        f" another is paced by the answers, {HOLDINGS} at once by the limit. So 2.5 is out of reach"
        f" at the default of {RATES[0]} a second; it is reached next to a limit of"
        f" {world.kis.calls_per_second}, the older one of the two that KIS has named."
    )
    return section
