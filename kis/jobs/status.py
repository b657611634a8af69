"""Tell that the session begins and ends, once a day each."""

from functools import partial

from kis.core.messages import status_key, status_message
from kis.jobs.frame import Job, Parts, Result
from kis.ports import Opening, Step


def tell_status(command: str, parts: Parts, opening: Opening, result: Result) -> Step:
    return Step(parts.now.date(), [status_message(command, parts.now, parts.account_kind)])


START, STOP = (
    Job(command, partial(tell_status, command), done_key=lambda now, c=command: status_key(c))  # type: ignore[misc]
    for command in ("start", "stop")
)
