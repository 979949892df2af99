"""A member of a cluster that is no server: it answers what it is told to answer, and reads what it likes.

Speaks as much of the bus as a node without slots needs: MEET and PING get a PONG.
"""

import contextlib
import socket
import struct
import threading

import servers

# A header with nothing behind it: no gossip, no extensions.
HEADER = 2256
PING, PONG, MEET = 0, 1, 2
PRIMARY = 1


def frame(kind, name, port, shard_slots=bytes(2048)):
    """A header of `name`, a primary without slots and with epoch 0."""
    return (b"RCmb" + struct.pack(">IHHHHQQQ", HEADER, 1, port, kind, 0, 0, 0, 0) + name.encode() + shard_slots + bytes(40) +
            bytes(46) + struct.pack(">H", 0) + bytes(30) + struct.pack(">HHHB3s", 0, port + 10000, PRIMARY, 0, bytes(3)))


class BusPeer:
    """Listens on `port` + 10000. While `reads` is false, links that are made to it are not read, and `receive_buffer` bounds
    what the kernel takes for it."""

    def __init__(self, name, receive_buffer=4096):
        self.name = name
        self.port = servers.free_ports(1)[0]
        self.reads = True
        self.accepted = 0
        self._sockets = []
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", self.port + 10000))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for one in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def frame(self, kind):
        return frame(kind, self.name, self.port)

    def connect(self, port):
        """A link to the member whose client port is `port`."""
        link = socket.create_connection(("127.0.0.1", port + 10000))
        self._sockets.append(link)
        return link

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._listener.accept()
                self._sockets.append(link)
                self.accepted += 1
                threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        with contextlib.suppress(OSError), link.makefile("rb", buffering=0) as stream:
            while self.reads:
                head = self._read(stream, 14)
                length, kind = struct.unpack(">I", head[4:8])[0], struct.unpack(">H", head[12:14])[0]
                self._read(stream, length - len(head))
                if kind in (PING, MEET) and self.reads:
                    link.sendall(self.frame(PONG))

    @staticmethod
    def _read(stream, size):
        data = b""
        while len(data) < size:
            piece = stream.read(size - len(data))
            if not piece:
                raise OSError("closed")
            data += piece
        return data
