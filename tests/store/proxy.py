"""The network's far end: a TCP proxy that loses replies, and servers that answer one thing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Proxy:
    """Passes everything on to `port`; on request it takes a reply and hangs up instead."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._losing = 0
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_replies(self, count: int = 1) -> None:
        """The next replies are taken off the wire, after the server did what was asked."""
        self._losing = count

    @property
    def all_lost(self) -> bool:
        return self._losing == 0

    def close(self) -> None:
        self._listener.close()
        for each in self._sockets:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, server]
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_reply: bool) -> None:
        try:
            while data := source.recv(65536):
                if is_reply and self._losing:
                    self._losing -= 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for each in (source, sink):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@contextmanager
def replying(answer: bytes) -> Iterator[int]:
    """A server that gives one answer to everything (nothing to nothing); its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    clients: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                clients.append(listener.accept()[0])
            except OSError:
                return
            threading.Thread(target=reply, args=(clients[-1],), daemon=True).start()

    def reply(client: socket.socket) -> None:
        try:
            while data := client.recv(65536):
                commands = sum(line.startswith(b"*") for line in data.split(b"\r\n"))
                client.sendall(answer * commands)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.close()
    for client in clients:
        client.close()
