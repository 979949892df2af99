"""Servers of a test, ours and Redis's, on free loopback ports; each is ended by its pid."""

import os
import signal
import socket
import subprocess
import time

# Ends a test whose cluster never gets there; nothing is measured with it.
PATIENCE = 60


class Reply(Exception):
    """An error reply."""


class Client:
    """A connection that speaks RESP2."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._file = self._socket.makefile("rb")

    def close(self):
        self._file.close()
        self._socket.close()

    def __call__(self, *words):
        out = b"*%d\r\n" % len(words)
        for word in words:
            data = str(word).encode()
            out += b"$%d\r\n%s\r\n" % (len(data), data)
        self._socket.sendall(out)
        return self._read()

    def _read(self):
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("closed")
        kind, text = line[:1], line[1:-2].decode()
        if kind == b"+":
            return text
        if kind == b"-":
            raise Reply(text)
        if kind == b":":
            return int(text)
        if kind == b"$":
            size = int(text)
            return None if size < 0 else self._file.read(size + 2)[:-2].decode()
        return None if int(text) < 0 else [self._read() for _ in range(int(text))]


def free_ports(count):
    """Ports that are free, and whose bus ports (plus 10000) are free too."""
    found = []
    port = 20000 + os.getpid() * 37 % 15000
    while len(found) < count:
        port += 1
        try:
            for candidate in (port, port + 10000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", candidate))
            found.append(port)
        except OSError:
            continue
    return found


class Server:
    """One process. `program` is a path; `redis` tells whose it is."""

    def __init__(self, program, directory, port, timeout_ms, redis, **options):
        self.port = port
        self.redis = redis
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self._words = [program]
        self._options = {"port": port, "dir": directory, "bind": "127.0.0.1", "logfile": os.path.join(directory, "log"),
                         "cluster-enabled": "yes", "cluster-node-timeout": timeout_ms, **options}
        if redis:
            self._options.update({"save": "", "appendonly": "no"})
        self.process = None
        self.client = None
        self.start()

    def start(self, **changes):
        self._options.update(changes)
        self.port = self._options["port"]
        words = list(self._words)
        for name, value in self._options.items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._connect, f"port {self.port} to answer")

    def _connect(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self._words[0]} ended with {self.process.returncode}:\n{self.log()}")
        try:
            self.client = Client(self.port)
        except OSError:
            return False
        return self.client("PING") == "PONG"

    def __call__(self, *words):
        return self.client(*words)

    def log(self):
        path = os.path.join(self.directory, "log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as text:
            return text.read()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.client.close()

    def stop(self):
        """An orderly end."""
        self.process.terminate()
        self.client.close()
        return self.process.wait(timeout=30)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    # ---- What it says of the cluster ----

    @property
    def id(self):
        return self("CLUSTER", "MYID")

    def nodes(self):
        """By id: what CLUSTER NODES says, without times."""
        found = {}
        for line in self("CLUSTER", "NODES").splitlines():
            word = line.split()
            flags = set(word[2].split(",")) - {"myself"}
            found[word[0]] = {"address": word[1].split(",")[0], "flags": flags, "primary": word[3],
                              "epoch": int(word[6]), "link": word[7], "slots": " ".join(word[8:])}
        return found

    def info(self):
        return dict(line.split(":", 1) for line in self("CLUSTER", "INFO").split("\r\n") if ":" in line)


def until(condition, what, patience=PATIENCE):
    """Waits for `condition` to hold."""
    end = time.monotonic() + patience
    while True:
        if condition():
            return
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.05)


def agree(servers):
    """All of them name the same nodes, with the same addresses, roles, epochs and slots, all of them up."""
    views = [server.nodes() for server in servers]
    wanted = {server.id for server in servers}
    for view in views:
        if set(view) != wanted or any(node["link"] != "connected" for node in view.values()):
            return False
        if any(node["flags"] - {"master", "slave", "nofailover"} for node in view.values()):
            return False

    def plain(view):
        # A replica's epoch is shown as its primary's by some and as its own by others.
        return {name: (node["address"], tuple(sorted(node["flags"] - {"nofailover"})), node["primary"], node["slots"],
                       node["epoch"] if "master" in node["flags"] else None) for name, node in view.items()}

    return all(plain(view) == plain(views[0]) for view in views)


class Fleet:
    """The servers of one test."""

    def __init__(self, program, directory):
        self._program = program
        self._directory = directory
        self.servers = []

    def ours(self, timeout_ms=1000, **options):
        return self._add(self._program, timeout_ms, False, **options)

    def redis(self, timeout_ms=1000, **options):
        return self._add("redis-server", timeout_ms, True, **options)

    def _add(self, program, timeout_ms, redis, **options):
        port = free_ports(1)[0]
        directory = os.path.join(self._directory, str(len(self.servers)))
        server = Server(program, directory, port, timeout_ms, redis, **options)
        self.servers.append(server)
        return server

    def form(self, primaries, members=()):
        """A cluster of `primaries`, which share the slots, and of `members` without any."""
        share = -(-16384 // len(primaries))
        for i, server in enumerate(primaries):
            server("CLUSTER", "ADDSLOTSRANGE", i * share, min(16384, (i + 1) * share) - 1)
            server("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
        everybody = [*primaries, *members]
        for server in everybody[1:]:
            everybody[0]("CLUSTER", "MEET", "127.0.0.1", server.port)
        until(lambda: agree(everybody), "the cluster to form")
        until(lambda: all(s.info()["cluster_state"] == "ok" for s in everybody), "cluster_state:ok everywhere")

    def close(self):
        for server in self.servers:
            if server.process.poll() is None:
                server.resume()
                server.kill()
            server.client.close()

    def logs(self):
        return "\n".join(f"==== {s.directory} port {s.port} {'redis' if s.redis else 'ours'}\n{s.log()[-4000:]}"
                         for s in self.servers)
