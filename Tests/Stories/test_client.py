"""The stories' own client: what it does where a process was killed under it."""

import itertools
import socket
import threading

import pytest

from client import Customer, Refused
from hub import HubError, free_port


class Door:
    """Listens, and ends each connection after `answer`, as a worker that dies does."""

    def __init__(self, answer: bytes):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self.socket.getsockname()[1]}/v1/ws"
        self.thread = threading.Thread(target=self.serve, args=[answer], daemon=True)
        self.thread.start()

    def serve(self, answer: bytes) -> None:
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                if answer:
                    peer.recv(4096)
                    peer.sendall(answer)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture
def doors():
    made = [Door(answer) for answer in (b"", b"HTTP/1.1 101 Switching", b"HTTP/1.1 101 X\r\nUp")]
    yield made
    for door in made:
        door.close()


def test_after_a_fault_it_tries_until_somebody_answers(site, doors):
    nobody = f"ws://127.0.0.1:{free_port()}/v1/ws"
    urls = iter([nobody, *(door.url for door in doors), site.hub.url])
    person = site.after_fault(lambda: site.keep(Customer(next(urls), site.name)))
    assert person.welcome["you"]["role"] == "customer"
    assert next(urls, None) is None


def test_it_does_not_try_for_ever(site, doors):
    urls = itertools.cycle(door.url for door in doors)
    with pytest.raises(HubError):
        site.after_fault(lambda: Customer(next(urls), site.name), within=0.3)


def test_an_answer_it_does_not_like_is_no_fault(site):
    tried = []

    def make():
        tried.append(1)
        return Customer(site.hub.url, "no-such-site")

    with pytest.raises(Refused):
        site.after_fault(make)
    assert len(tried) == 1
