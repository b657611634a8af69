"""Redis in trouble: replies lost, full, read-only, loading, gone, refusing; never "no memory"."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kis.errors import AlertError, SettingsError, StoreUnavailable
from kis.store import Shelves, open_shelves
from kis.store.shelves import Change, Claim, Entry, Place, Want
from tests.store.proxy import Proxy, replying
from tests.world import RedisServer, free_port

SHELF, DAY = "kis:{a}", "kis:{a}:day:2026-11-23"
MINE, YOURS = Claim(SHELF, "fills", "me", 30), Claim(SHELF, "fills", "you", 30)
NOTE = Change([(Place(SHELF, "note"), "written")])


def opened(url: str) -> "closing[Shelves]":
    return closing(open_shelves(url, Path("unused")))


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    with redis_server.client() as client:
        client.flushall()
        yield redis_server
        client.replicaof("NO", "ONE")
        client.config_set("maxmemory", "0")


@pytest.fixture
def proxy(redis: RedisServer) -> Iterator[Proxy]:
    found = Proxy(redis.port)
    yield found
    found.close()


@pytest.fixture
def shelves(proxy: Proxy) -> Iterator[Shelves]:
    with opened(f"redis://127.0.0.1:{proxy.port}/0") as found:
        found.read([Want(SHELF)])  # Connects.
        yield found


def test_a_claim_whose_reply_was_lost_is_ours(proxy: Proxy, shelves: Shelves) -> None:
    proxy.lose_replies()
    assert shelves.read([], MINE)[0]
    assert proxy.all_lost
    assert not shelves.read([], YOURS)[0]


def test_a_step_whose_reply_was_lost_happens_once(proxy: Proxy, shelves: Shelves) -> None:
    shelves.read([], MINE)
    entries = [Entry(Place(DAY, f"told:{n}"), "1", f"text {n}") for n in range(2)]
    proxy.lose_replies()
    assert shelves.write(MINE, Change(queue=entries, queue_prefix="outbox:"))
    assert proxy.all_lost
    _, [fields] = shelves.read([Want(SHELF)])
    assert [fields[name] for name in sorted(fields) if "outbox" in name] == ["text 0", "text 1"]


def test_a_last_step_whose_reply_was_lost_is_no_lost_lease(proxy: Proxy, shelves: Shelves) -> None:
    shelves.read([], MINE)
    proxy.lose_replies()
    assert shelves.write(MINE, Change(NOTE.put, release=True))
    assert proxy.all_lost
    assert shelves.read([], YOURS)[0]


def test_a_swap_whose_reply_was_lost_is_no_refusal(proxy: Proxy, shelves: Shelves) -> None:
    proxy.lose_replies()
    assert shelves.swap(Place(SHELF, "token"), "", "sealed")
    assert proxy.all_lost


def test_a_slot_whose_reply_was_lost_is_only_lost_time(proxy: Proxy, shelves: Shelves) -> None:
    proxy.lose_replies()
    wait = shelves.reserve(Place(SHELF, "pace:ledger"), 3.0, 60)
    assert proxy.all_lost
    assert wait == pytest.approx(3.0, abs=1)


def test_replies_lost_again_and_again_are_an_error(proxy: Proxy, shelves: Shelves) -> None:
    shelves.read([], MINE)
    proxy.lose_replies(20)
    with pytest.raises(StoreUnavailable):
        shelves.write(MINE, NOTE)


Act = Callable[[Shelves], object]
ACTS: list[Act] = [
    lambda shelves: shelves.read([Want(SHELF)], MINE),
    lambda shelves: shelves.write(MINE, NOTE),
    lambda shelves: shelves.swap(Place(SHELF, "token"), "", "x"),
    lambda shelves: shelves.reserve(Place(SHELF, "pace:ledger"), 1, 10),
]


def trouble(url: str, act: Act, kind: type[AlertError] = StoreUnavailable) -> str:
    """What the error says, which is never the address or the password."""
    with opened(url) as shelves, pytest.raises(kind) as caught:
        act(shelves)
    assert "127.0.0.1" not in str(caught.value)
    assert "pass-word" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.reason


@pytest.mark.parametrize("act", ACTS)
def test_a_full_redis_is_said_to_be_full(redis: RedisServer, act: Act) -> None:
    with redis.client() as client:
        client.hset(SHELF, "lease:fills", f"{time.time():.3f} 30.000 me")
        client.config_set("maxmemory", "1")
    assert "메모리가 가득" in trouble(redis.url, act)
    with redis.client() as client:
        assert client.hkeys(SHELF) == ["lease:fills"]


@pytest.mark.parametrize("act", ACTS)
def test_a_read_only_redis_is_said_to_be_one(redis: RedisServer, act: Act) -> None:
    with redis.client() as client:
        client.hset(SHELF, "lease:fills", f"{time.time():.3f} 30.000 me")
        client.replicaof("127.0.0.1", "1")
    assert "읽기 전용" in trouble(redis.url, act)


@pytest.mark.parametrize("act", ACTS)
def test_a_loading_redis_is_said_to_be_loading(act: Act) -> None:
    with replying(b"-LOADING Redis is loading the dataset in memory\r\n") as port:
        assert "불러오는 중" in trouble(f"redis://127.0.0.1:{port}/0", act)


@pytest.mark.parametrize("act", ACTS)
def test_a_redis_that_is_not_there_is_known_within_three_seconds(act: Act) -> None:
    begun = time.monotonic()
    assert "연결할 수 없습니다" in trouble(f"redis://127.0.0.1:{free_port()}/0", act)
    assert time.monotonic() - begun < 3


def test_a_silent_redis_is_known_within_three_seconds() -> None:
    with replying(b"") as port:
        begun = time.monotonic()
        assert "연결할 수 없습니다" in trouble(f"redis://127.0.0.1:{port}/0", ACTS[0])
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("answer", [b"garbage\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_is_no_redis_is_an_error(answer: bytes) -> None:
    with replying(answer) as port:
        trouble(f"redis://127.0.0.1:{port}/0", ACTS[0])


@pytest.mark.parametrize("login", ["", ":wrong-pass-word@", "nobody:pass-word@"])
def test_a_refused_password_is_a_settings_error(tmp_path: Path, login: str) -> None:
    server = RedisServer(tmp_path, password="right-pass-word")
    server.start()
    try:
        url = f"redis://{login}127.0.0.1:{server.port}/0"
        assert trouble(url, ACTS[0], SettingsError).startswith("REDIS_URL: ")
        with opened(server.url) as shelves:
            assert shelves.read([], MINE)[0]
    finally:
        server.stop()


def test_a_user_without_the_right_to_write_is_a_settings_error(redis: RedisServer) -> None:
    with redis.client() as client:
        client.acl_setuser(
            "reader", enabled=True, passwords=["+pass-word"], keys=["*"], categories=["+@read"]
        )
    url = f"redis://reader:pass-word@127.0.0.1:{redis.port}/0"
    assert trouble(url, ACTS[1], SettingsError).startswith("REDIS_URL: ")


def test_a_value_of_another_kind_is_an_error(redis: RedisServer) -> None:
    with redis.client() as client:
        client.set(SHELF, "not a hash")
    for act in ACTS:
        assert "Redis 오류" in trouble(redis.url, act)


@pytest.mark.parametrize("option", ["foo=bar", "socket_timeout=soon", "protocol=9"])
def test_an_unknown_option_in_the_address_is_a_settings_error(option: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_shelves(f"redis://:pass-word@127.0.0.1:1/0?{option}", Path("unused"))
    assert "pass-word" not in str(caught.value)
