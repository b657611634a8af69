"""A dead-man's switch that records its pings (operations facts 6)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulator.wire import LocalServer, Request, Wire


@dataclass(frozen=True, slots=True)
class Ping:
    """One ping; `path` is "/" after a good run, "/fail" after a bad one."""

    at_monotonic: float
    path: str
    method: str


class Heartbeat(LocalServer):
    """Answers every ping with `status`, after `stall` seconds; `url` is the HEARTBEAT_URL."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__(port, host)
        self.pings: list[Ping] = []
        self.status = 200
        self.stall = 0.0

    @property
    def url(self) -> str:
        """The address to ping; /fail is appended for a bad run."""
        return f"http://{self.host}:{self.port}"

    @property
    def paths(self) -> list[str]:
        """The pings' paths, in order."""
        return [ping.path for ping in list(self.pings)]

    def respond(self, request: Request, wire: Wire) -> None:
        """Records the ping, then answers."""
        path = "/" + request.path.strip("/")
        self.pings.append(Ping(request.at_monotonic, path, request.method))
        wire.pause(self.stall)
        wire.send(self.status, {"Content-Type": "text/plain"}, b"OK")
