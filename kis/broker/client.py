"""One KIS session: token, pacing, retry. What is asked is `domestic.py`'s business."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

import requests

from kis.broker.paging import read_pages
from kis.broker.token import Token, parse_token, seal, unseal
from kis.broker.wire import Envelope, error_of, parse_body, parse_envelope
from kis.deadline import Deadline
from kis.errors import (
    AlertError,
    BrokerError,
    BrokerUnavailable,
    KeyRefused,
    OutOfTime,
    TokenRejected,
)
from kis.http import TRANSPORT_ERRORS, Session
from kis.ports import KeyStore

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 10.0
ATTEMPTS = 3
WORKERS = 16

#: KIS refuses ledger calls of one account less than about a second apart. They must be at least
#: 1.1 s apart where they arrive: a new connection or a busy machine may delay the first of two.
LEDGER_INTERVAL = 1.2
CLAIM_TIME = 20.0
CLAIM_INTERVAL = 0.1

T = TypeVar("T")


class Client:
    """GETs with the headers KIS wants. Raises BrokerError, KeyRefused, OutOfTime.

    `now` is the moment of the run (aware): what KIS dates in KST is judged by it.
    """

    def __init__(
        self,
        base_url: str,
        app_key: str,
        app_secret: str,
        keyring: KeyStore,
        deadline: Deadline,
        now: datetime,
        quote_rate: float,
        *,
        is_paper: bool = False,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._app_key = app_key
        self._app_secret = app_secret
        self._keyring = keyring
        self._deadline = deadline
        self._now = now
        # The limits of paper accounts are on calls of any kind together.
        self._paces = {
            "ledger": ("calls" if is_paper else "ledger", LEDGER_INTERVAL),
            "quote": ("calls" if is_paper else "quote", 1 / quote_rate),
        }
        self._token: tuple[str, Token] | None = None
        self._token_error: AlertError | None = None
        self._token_lock = threading.Lock()
        self._session = Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=WORKERS)
        self._session.mount(self._base_url, adapter)
        self.calls = 0

    def pages(
        self,
        pace: str,
        path: str,
        tr_id: str,
        query: Mapping[str, str],
        read: Callable[[Envelope], T],
    ) -> list[T]:
        """What `read` makes of each page of a query, all of them (`paging.py`)."""

        def get(cursor: Mapping[str, str], *, first: bool) -> Envelope:
            return self.get(pace, path, tr_id, {**query, **cursor}, first=first)

        return read_pages(get, read, self._deadline.sleep)

    def get(
        self, pace: str, path: str, tr_id: str, query: Mapping[str, str], *, first: bool = True
    ) -> Envelope:
        """One answer; passing faults are tried again while the run's time allows."""
        return self._retrying(lambda: self._get_with_token(pace, path, tr_id, query, first))

    def get_once(self, pace: str, path: str, tr_id: str, query: Mapping[str, str]) -> Envelope:
        """One answer, whatever it is; only a refused token is replaced: KIS did not look then."""
        return self._get_with_token(pace, path, tr_id, query, True)

    def token(self) -> Token:
        """The token all runs of this key share, issued by one of them when there is none."""
        with self._token_lock:
            if self._token_error:  # One run asks once.
                raise self._token_error
            if self._token is None or not self._token[1].is_fresh(self._now):
                try:
                    self._token = self._stored_token() or self._retrying(self._issue_token)
                except (BrokerError, KeyRefused) as error:
                    self._token_error = error
                    raise
            return self._token[1]

    def single_flight(self, name: str, work: Callable[[], T]) -> T:
        """Do `work` while no other run of this key does the like; wait for the turn."""
        while not self._keyring.claim(name, CLAIM_TIME):
            self._deadline.sleep(CLAIM_INTERVAL)
        try:
            return work()
        finally:
            self._keyring.release(name)

    def _get_with_token(
        self, pace: str, path: str, tr_id: str, query: Mapping[str, str], first: bool
    ) -> Envelope:
        token = self.token()
        try:
            return self._get(pace, path, tr_id, query, first, token)
        except TokenRejected:
            self._forget(token)
            return self._get(pace, path, tr_id, query, first, self.token())

    def _get(
        self,
        pace: str,
        path: str,
        tr_id: str,
        query: Mapping[str, str],
        first: bool,
        token: Token,
    ) -> Envelope:
        name, interval = self._paces[pace]
        wait = self._keyring.reserve(name, interval, self._deadline.remaining())
        if wait is None:
            raise OutOfTime("KIS 호출 간격을 지키면 남은 시간 안에 마칠 수 없습니다")
        self._deadline.sleep(wait)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "appkey": self._app_key,
            "appsecret": self._app_secret,
            "tr_id": tr_id,
            "tr_cont": "" if first else "N",
            "custtype": "P",
        }
        response = self._send("GET", path, headers=headers, params=query, auth=_Bearer(token))
        return parse_envelope(response.status_code, response.headers, response.content, first=first)

    def _send(self, method: str, path: str, **options: object) -> requests.Response:
        """One request. Errors carry no URL: its query holds the account number."""
        self.calls += 1
        timeout = (self._deadline.within(CONNECT_TIMEOUT), self._deadline.within(READ_TIMEOUT))
        try:
            return self._session.request(
                method,
                self._base_url + path,
                timeout=timeout,
                **options,  # type: ignore[arg-type]
            )
        except TRANSPORT_ERRORS as error:
            kind = type(error).__name__
        raise BrokerUnavailable(f"KIS에 연결할 수 없거나 응답이 없습니다 ({kind})")

    def _retrying(self, attempt: Callable[[], T]) -> T:
        """Try; on a passing fault try again, within attempts and the run's time."""
        try:
            return attempt()
        except BrokerUnavailable as error:
            failed = [error]
        # Hardly any run comes here, and tenacity takes a tenth of an idle run to import.
        import tenacity

        def again() -> T:
            if failed:
                raise failed.pop()
            return attempt()

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(BrokerUnavailable),
            # From KIS's shortest limit upwards.
            wait=tenacity.wait_exponential_jitter(multiplier=1.1, max=8, jitter=0.5),
            stop=tenacity.stop_after_attempt(ATTEMPTS)
            | tenacity.stop_before_delay(self._deadline.remaining()),
            sleep=self._deadline.sleep,
            reraise=True,
        )(again)

    # Token

    def _stored_token(self, *, fresh: bool = False) -> tuple[str, Token] | None:
        sealed = self._keyring.token(fresh=fresh)
        token = unseal(sealed, self._app_secret) if sealed else None
        return (sealed, token) if token and token.is_fresh(self._now) else None

    def _issue_token(self) -> tuple[str, Token]:
        """Issue a token, or use what another run issued meanwhile: KIS allows one a minute."""

        def issue() -> tuple[str, Token]:
            stored = self._stored_token(fresh=True)
            if stored:
                return stored
            token = self._request_token()
            sealed = seal(token, self._app_secret)
            self._keyring.replace_token(self._keyring.token(), sealed)
            return sealed, token

        return self.single_flight("token", issue)

    def _request_token(self) -> Token:
        body = {
            "grant_type": "client_credentials",
            "appkey": self._app_key,
            "appsecret": self._app_secret,
        }
        response = self._send("POST", "/oauth2/tokenP", json=body)
        answer = parse_body(response.status_code, response.content)
        if response.status_code != 200 or "access_token" not in answer:
            raise _final(error_of(response.status_code, answer))
        return parse_token(answer)

    def _forget(self, token: Token) -> None:
        """Drop a refused token, unless another run has replaced it already."""
        with self._token_lock:
            if self._token and self._token[1] == token:
                self._keyring.replace_token(self._token[0], "")
                self._token = None


def _final(error: AlertError) -> AlertError:
    """A refused issue is not tried again: within the minute KIS would only refuse it once more."""
    if isinstance(error, BrokerUnavailable) and error.code:
        return BrokerError(error.reason, code=error.code)
    return error


class _Bearer(requests.auth.AuthBase):
    """Sets the token."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.value}"
        return request
