"""Servers at the far end that are no Discord: broken, redirecting, untrusted."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.simulator.wire import LocalServer, Request, Wire


@contextmanager
def server(play: Callable[[socket.socket], None], backlog: int = 8) -> Iterator[str]:
    """A server that plays with each connection as it likes; its URL."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    play(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}/api/webhooks/1/token-of-the-webhook"
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def read_request(connection: socket.socket) -> None:
    """Reads the head and the body of a POST."""
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
        data += connection.recv(65536)


class Recorder(LocalServer):
    """Notes what comes; sends everybody to `target`."""

    def __init__(self, target: str = "") -> None:
        super().__init__()
        self.target = target
        self.requests: list[Request] = []

    def respond(self, request: Request, wire: Wire) -> None:
        self.requests.append(request)
        wire.send(302 if self.target else 200, {"Location": self.target}, b"{}")


def self_signed(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, SHA256())
    )
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(Encoding.PEM))
    return path
