"""The memory of one account, on either store: runs, marks, incidents."""

import time
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kis.core.calendar import SEOUL
from kis.core.holdings import Totals
from kis.core.identity import fingerprint
from kis.core.models import Filled, Incident, Message, OrderKey, Tone
from kis.errors import LeaseLost
from kis.ports import Lease, Marks, Step
from kis.store import Memory
from tests.store.conftest import Backend, Remember

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=SEOUL)
MARKS = {OrderKey(MONDAY, "06010", "100001"): Filled(Decimal(6), Decimal("427000.5"))}

plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.decimals(0, 10**20, places=4)
keys = st.builds(OrderKey, st.dates(), plain, plain)
marks_of_a_day = st.dictionaries(keys, st.builds(Filled, numbers, numbers), max_size=5)
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def lease_of(memory: Memory, command: str = "fills", seconds: float = 30) -> Lease:
    opening = memory.begin(command, seconds, MONDAY)
    assert opening
    assert opening.lease
    return opening.lease


def test_one_run_of_a_command_at_a_time(remember: Remember) -> None:
    first, second = remember(), remember()
    lease = lease_of(first)
    assert second.begin("fills", 30, MONDAY) is None
    assert second.begin("report", 30, MONDAY)
    first.finish(lease, good=True)
    assert second.begin("fills", 30, MONDAY)


def test_accounts_share_nothing_but_the_key(remember: Remember) -> None:
    one, other = remember(), remember("d" * 24)
    lease = lease_of(one)
    one.stage(lease, Step(MONDAY, [Message("1", "x")], marks={MONDAY: MARKS}, polled=MONDAY))
    opening = other.begin("fills", 30, MONDAY)
    assert opening
    assert (opening.marks, opening.last_polled, opening.waiting) == (None, None, 0)


def test_a_day_never_polled_has_no_marks_and_a_quiet_one_empty_marks(remember: Remember) -> None:
    memory = remember()
    lease = lease_of(memory)
    assert memory.look(MONDAY).marks is None
    memory.stage(lease, Step(MONDAY, marks={MONDAY: {}}, polled=MONDAY))
    opening = memory.look(MONDAY)
    assert (opening.marks, opening.last_polled) == ({}, MONDAY)
    friday = date(2026, 11, 20)
    assert memory.marks([MONDAY, friday]) == {MONDAY: {}, friday: None}


WRITTEN = {
    "rows": '[["2026-11-23","06010","7","6","432000"]]',
    "tree": '{"2026-11-23":{"06010":{"7":"6 432000"}}}',
}


@pytest.mark.parametrize("form", WRITTEN)
def test_marks_of_older_versions_are_known(backend: Backend, remember: Remember, form: str) -> None:
    marks = {OrderKey(MONDAY, "06010", "7"): Filled(Decimal(6), Decimal(432_000))}
    memory = remember()
    memory.stage(lease_of(memory), Step(MONDAY, marks={MONDAY: marks}))
    [[shelf, field]] = [
        (shelf, field)
        for shelf, fields in backend.peek().items()
        for field in fields
        if field.startswith("announced:")
    ]
    assert backend.peek()[shelf][field] == WRITTEN["tree"]
    backend.poke(shelf, field, WRITTEN[form])
    assert memory.marks([MONDAY]) == {MONDAY: marks}


@anything
@given(marks_of_a_day)
def test_marks_come_back_exactly(remember: Remember, marks: Marks) -> None:
    memory = remember()
    lease = lease_of(memory)
    memory.stage(lease, Step(MONDAY, marks={MONDAY: marks}))
    assert memory.look(MONDAY).marks == marks
    assert memory.marks([MONDAY]) == {MONDAY: marks}
    memory.finish(lease, good=True)


@anything
@given(plain, plain, st.sampled_from(Tone))
def test_messages_come_back_exactly(remember: Remember, text: str, detail: str, tone: Tone) -> None:
    memory = remember("e" * 24)
    lease = lease_of(memory)
    message = Message(f"1:{text}:{detail}:{tone}", text, tone, detail)
    memory.stage(lease, Step(MONDAY, [message]))
    opened = memory.open_outbox(20)
    assert opened
    channel, _, outbox = opened
    assert [waiting.message for waiting in outbox] in ([message], [])
    for waiting in outbox:
        memory.settle(channel, done=waiting)
    memory.settle(channel, release=True)
    memory.finish(lease, good=True)


def test_staging_twice_queues_once(remember: Remember) -> None:
    memory = remember()
    lease = lease_of(memory)
    step = Step(MONDAY, [Message("1", "x"), Message("2", "y")], marks={MONDAY: MARKS})
    memory.stage(lease, step)
    memory.stage(lease, step)
    assert memory.look(MONDAY).waiting == 2


def test_what_was_told_today_is_known_by_its_key(remember: Remember) -> None:
    memory = remember()
    memory.stage(lease_of(memory), Step(MONDAY, [Message("status:start", "x")]))
    asked = ["status:start", "status:stop"]
    assert memory.look(MONDAY, asked).told == {"status:start"}
    assert memory.look(date(2026, 11, 24), asked).told == frozenset()


def test_a_look_takes_no_lease(remember: Remember) -> None:
    memory = remember()
    assert memory.look(MONDAY).lease is None
    assert remember().begin("fills", 30, MONDAY)


def test_an_incident_is_told_once_and_again_after_it_is_over(remember: Remember) -> None:
    memory = remember()
    lease = lease_of(memory)
    incident = Incident(NOW, 3, 'KIS 오류: "왜" [EGW00201]', told=True)
    told = Step(MONDAY, [Message("incident:fills", "x")], incidents={"fills": incident})
    memory.stage(lease, told)
    memory.stage(lease, told)
    assert (memory.look(MONDAY).incidents, memory.look(MONDAY).waiting) == ({"fills": incident}, 1)
    memory.stage(lease, Step(MONDAY, incidents={"fills": None}))
    assert memory.look(MONDAY).incidents == {}
    memory.stage(lease, told)
    assert memory.look(MONDAY).waiting == 2


def test_a_run_paused_past_its_lease_writes_nothing(remember: Remember, backend: Backend) -> None:
    memory = remember()
    lease = lease_of(memory, seconds=0.1)
    time.sleep(0.2)
    before = backend.peek()
    step = Step(MONDAY, [Message("1", "x")], marks={MONDAY: MARKS}, polled=MONDAY)
    with pytest.raises(LeaseLost):
        memory.stage(lease, step)
    with pytest.raises(LeaseLost):
        memory.finish(lease, good=True)
    assert backend.peek() == before


def test_a_run_whose_lease_another_took_writes_nothing(
    remember: Remember, backend: Backend
) -> None:
    memory = remember()
    lease = lease_of(memory)
    shelf = "kis:{" + "a" * 24 + "}"
    backend.poke(shelf, "lease:fills", f"{time.time():.3f} 30.000 another")
    with pytest.raises(LeaseLost):
        memory.stage(lease, Step(MONDAY, [Message("1", "x")]))
    assert memory.look(MONDAY).waiting == 0


def test_only_a_good_run_is_noted_as_one(remember: Remember) -> None:
    memory = remember()
    memory.finish(lease_of(memory), good=False)
    assert memory.last_good("fills") is None
    memory.finish(lease_of(memory), good=True)
    assert memory.last_good("fills") == pytest.approx(time.time(), abs=5)
    assert memory.last_good("report") is None


def test_a_check_changes_nothing_that_is_remembered(remember: Remember) -> None:
    memory = remember()
    lease = lease_of(memory)
    memory.stage(lease, Step(MONDAY, [Message("1", "x")], marks={MONDAY: MARKS}, polled=MONDAY))
    before = memory.look(MONDAY)
    memory.check()
    remember().check()
    assert memory.look(MONDAY) == before


def test_the_account_and_the_keys_are_nowhere_in_the_store(
    remember: Remember, backend: Backend
) -> None:
    number, app_key = "87654321", "PSsecretAppKey"
    memory = remember(fingerprint("real", number, "01"), fingerprint("real", app_key))
    total = Totals(Decimal(1), Decimal(2), Decimal(1), "KRW")
    step = Step(MONDAY, [Message("1", "x")], marks={MONDAY: MARKS}, snapshot=total)
    memory.stage(lease_of(memory), step)
    stored = str(backend.peek())
    assert number not in stored
    assert app_key not in stored
    assert fingerprint("real", number, "01") != fingerprint("paper", number, "01")
