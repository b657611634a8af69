"""What every command does around its own work: lease, market day, incidents, delivery, result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kis.core.calendar import is_open_day
from kis.core.messages import failure_message, recovery_message
from kis.core.models import Incident, Message
from kis.deadline import Deadline
from kis.errors import (
    AlertError,
    BrokerError,
    Interrupted,
    KeyRefused,
    LeaseLost,
    OutOfTime,
    StoreUnavailable,
    describe_bug,
)
from kis.jobs.delivery import GONE_BEFORE, Delivery, deliver
from kis.ports import Channel, Market, Opening, Step, Store

SETTINGS_INCIDENT = "settings"


@dataclass(frozen=True, slots=True)
class Outside:
    """What it takes to tell something. `now` is the run's moment, in the market's zone."""

    store: Store
    channel: Channel
    deadline: Deadline
    now: datetime
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Parts(Outside):
    """Everything a job works with."""

    market: Market
    account_kind: str


@dataclass(frozen=True, slots=True)
class Options:
    dry_run: bool = False
    force: bool = False


@dataclass
class Result:
    """What came of a run, for the log line and the exit status."""

    outcome: str = "ok"
    error: AlertError | None = None
    found: dict[str, int] = field(default_factory=dict)
    messages: Sequence[Message] = ()
    delivery: Delivery = field(default_factory=Delivery)
    settings_untold: bool = False
    ledger_answered: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        code = self.error.exit_code if self.error else 0
        if self.delivery.gone:
            return 2
        return max(code, 1 if self.delivery.waiting or self.delivery.refused else 0)


@dataclass(frozen=True, slots=True)
class Job:
    """A command: the work, the key that says it is done already, and the failures in a row that
    are borne in silence. `asks_ledger`: its work shows that key and account are in order.

    Work that fails raises; where a part of it is whole, it sets `Result.error` and returns that.
    """

    name: str
    work: Callable[[Parts, Opening, Result], Step]
    done_key: Callable[[datetime], str] | None = None
    patience: int = 0
    asks_ledger: bool = False


def run(job: Job, parts: Parts, options: Options, result: Result) -> None:
    """One run; `result` is filled in as it goes.

    Raises StoreUnavailable, LeaseLost, Interrupted: then nothing more can be remembered.
    """
    told = [job.done_key(parts.now)] if job.done_key else []
    if options.dry_run:
        opening: Opening | None = parts.store.look(parts.now.date(), told)
    else:
        opening = parts.store.begin(job.name, parts.lease_seconds, parts.now.date(), told)
    if opening is None:
        result.outcome = "busy"
        return
    result.settings_untold = opening.settings_untold
    try:
        step = _decide(job, parts, opening, options, result)
        if opening.lease:
            result.delivery = _apply(parts, opening, step)
            parts.store.finish(opening.lease, good=result.exit_code == 0)
        else:
            waiting = [each.message for each in parts.store.waiting()]
            result.messages = [*waiting, *step.messages]
            gone = opening.gone_address == parts.channel.address
            result.delivery = Delivery(waiting=len(waiting), gone=gone)
    except (Interrupted, OutOfTime):
        if opening.lease:
            parts.store.finish(opening.lease, good=False)
        raise


def tell_settings(outside: Outside, error: AlertError | None, names: Sequence[str]) -> Delivery:
    """Tell once that settings, key or account are wrong, or that they are right again (no error).

    They are remembered apart from any account, under several `names`: the key or the account may
    be what is wrong, and the other one shows later that it was put right.
    """
    day = outside.now.date()
    opening = outside.store.begin(SETTINGS_INCIDENT, outside.lease_seconds, day)
    if opening is None or opening.lease is None:
        return Delivery()
    found = [opening.incidents[name] for name in names if name in opening.incidents]
    if error:
        job = Job(names[0], lambda *_: Step(day))
        before = dict.fromkeys(names[:1], found[0]) if found else {}
        step = _failure(job, error, replace(opening, incidents=before), outside.now)
        incident = step.incidents[names[0]]
        step = replace(step, incidents=dict.fromkeys(names, incident))
    else:
        # All names of one incident bear the same beginning.
        begun = {incident.since: incident for incident in found}
        over = [name for name, was in opening.incidents.items() if was.since in begun]
        told = [recovery_message(was, names[0], outside.now) for was in begun.values() if was.told]
        step = Step(day, told, incidents=dict.fromkeys(over))
    delivery = _apply(outside, opening, step)
    outside.store.finish(opening.lease, good=True)
    return delivery


def _decide(job: Job, parts: Parts, opening: Opening, options: Options, result: Result) -> Step:
    """The job's step, and what counts its failure."""
    step: Step | None = None
    try:
        if opening.told and not options.force:
            result.outcome = "done before"
            return Step(parts.now.date())
        if not options.force and not _is_open(parts, options):
            result.outcome = "market closed"
            return Step(parts.now.date())
        step = job.work(parts, opening, result)
        result.ledger_answered = job.asks_ledger
    except (StoreUnavailable, LeaseLost, Interrupted):
        raise
    except AlertError as error:
        result.error = error
    # The boundary: a bug, too, must be told to the user and not only to the log.
    except Exception as error:  # noqa: BLE001
        result.error = AlertError(f"내부 오류 ({describe_bug(error)})")
    if result.error:
        result.outcome = "failed"
        if result.error.needs_user:
            return Step(parts.now.date())  # Told by `tell_settings`.
        failure = _failure(job, result.error, opening, parts.now)
        if step is None:
            return failure
        told = [*step.messages, *failure.messages]
        return replace(step, messages=told, incidents=failure.incidents)
    assert step is not None
    return _recovery(job, step, opening, parts.now)


def _is_open(parts: Parts, options: Options) -> bool:
    today = parts.now.date()
    try:
        calendar = parts.market.calendar(today, ask=not options.dry_run)
    except (BrokerError, KeyRefused):
        # Cannot be asked: what else the run asks will tell the trouble.
        calendar = parts.market.calendar(today, ask=False)
    return is_open_day(today, calendar)


def _failure(job: Job, error: AlertError, opening: Opening, now: datetime) -> Step:
    """Count the failure; tell of it once, when it is no longer borne in silence."""
    before = opening.incidents.get(job.name) or Incident(now, 0, "", False)
    failures = before.failures + 1
    tell = failures > job.patience
    incident = Incident(before.since, failures, str(error), before.told or tell)
    messages = [failure_message(str(error), job.name)] if tell and not before.told else []
    return Step(now.date(), messages, incidents={job.name: incident})


def _recovery(job: Job, step: Step, opening: Opening, now: datetime) -> Step:
    """Close the incident that this good run ends, and say so if it was told."""
    over = opening.incidents.get(job.name)
    if over is None:
        return step
    told = [recovery_message(over, job.name, now)] if over.told else []
    return replace(step, messages=[*told, *step.messages], incidents={job.name: None})


def _apply(parts: Outside, opening: Opening, step: Step) -> Delivery:
    """Stage, then deliver what waits."""
    assert opening.lease is not None
    if not step.is_empty:
        parts.store.stage(opening.lease, step)
    if step.messages or opening.waiting:
        waiting = opening.waiting + len(step.messages)
        return deliver(parts.store, parts.channel, parts.deadline, waiting)
    if opening.gone_address == parts.channel.address:
        return Delivery(gone=True, trouble=GONE_BEFORE)
    return Delivery()
