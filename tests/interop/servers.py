"""Servers of a test, ours and Redis's; each is ended by its pid."""

import contextlib
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

    def __init__(self, port, host="127.0.0.1"):
        self._socket = socket.create_connection((host, port), timeout=20)
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


# Below the ports that the kernel gives to outgoing connections, bus ports included.
PORTS = range(11000, 22000)
# Names of ports that this process has taken, for as long as it lives: two tests never mean the same port.
_taken = []


def free_ports(count):
    """Ports that are free, and whose bus ports (plus 10000) are free too."""
    found = []
    for i in range(len(PORTS)):
        port = PORTS[(os.getpid() * 97 + i) % len(PORTS)]
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0gossamer-interop-{port}")
            for candidate in (port, port + 10000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", candidate))
        except OSError:
            name.close()
            continue
        _taken.append(name)
        found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports left")


class Server:
    """One process. `program` is a path; `redis` tells whose it is; `host` its place, None for this machine's loopback."""

    def __init__(self, program, directory, port, timeout_ms, redis, host=None, **options):
        self.port = port
        self.host = host
        self.redis = redis
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self._words = [program]
        self._options = {"port": port, "dir": directory, "bind": "0.0.0.0" if host else "127.0.0.1", "logfile": os.path.join(directory, "log"),
                         "cluster-enabled": "yes", "cluster-node-timeout": timeout_ms, **options}
        if redis:
            self._options = {"save": "", "appendonly": "no", "protected-mode": "no", **self._options}
        self.process = None
        self.client = None
        self._answers = False
        self._id = ""
        self.start()

    def start(self, **changes):
        self._options.update(changes)
        self.port = self._options["port"]
        words = list(self._words)
        for name, value in self._options.items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        words = [*(self.host.enter if self.host else []), *words]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._connect, f"port {self.port} to answer")

    def _connect(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self._words[0]} ended with {self.process.returncode}:\n{self.log()}")
        try:
            with self.host.inside() if self.host else contextlib.nullcontext():
                self.client = Client(self.port)
        except OSError:
            return False
        self._answers = self.client("PING") == "PONG"
        return self._answers and self.id != ""

    def __call__(self, *words):
        return self.client(*words)

    def log(self):
        path = os.path.join(self.directory, "log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as text:
            return text.read()

    def kill(self):
        self._answers = False
        self.process.kill()
        self.process.wait()
        self.client.close()

    def stop(self):
        """An orderly end."""
        self._answers = False
        self.process.terminate()
        self.client.close()
        return self.process.wait(timeout=30)

    def pause(self):
        self._answers = False
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)
        self._answers = True

    # ---- What it says of the cluster ----

    @property
    def address(self):
        return self.host.ip if self.host else "127.0.0.1"

    @property
    def id(self):
        """Its name; the last known one while it cannot answer."""
        if self._answers:
            self._id = self("CLUSTER", "MYID")
        return self._id

    @property
    def role(self):
        return self("ROLE")[0]

    def nodes(self):
        """By id: what CLUSTER NODES says, without times."""
        found = {}
        for line in self("CLUSTER", "NODES").splitlines():
            word = line.split()
            flags = set(word[2].split(",")) - {"myself"}
            address, _, hostname = word[1].partition(",")
            open_slots = [w for w in word[8:] if w.startswith("[")]
            found[word[0]] = {"address": address, "hostname": hostname, "flags": flags, "primary": word[3],
                              "epoch": int(word[6]), "link": word[7], "open": " ".join(open_slots),
                              "slots": " ".join(w for w in word[8:] if w not in open_slots)}
        return found

    def replication(self):
        return dict(line.split(":", 1) for line in self("INFO", "replication").split("\r\n") if ":" in line)

    def info(self):
        return dict(line.split(":", 1) for line in self("CLUSTER", "INFO").split("\r\n") if ":" in line)


def until(condition, what, patience=PATIENCE):
    """Waits for `condition` to hold. `what` is a text, or a function that says what is still missing."""
    end = time.monotonic() + patience
    while True:
        if condition():
            return
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what() if callable(what) else what}")
        time.sleep(0.05)


def differences(servers):
    """Why `servers` are not a cluster at rest: every line one thing in which a view differs from the first one's.

    At rest all name the same nodes, with the same addresses, host names, roles, primaries, epochs and slots, all of them
    up and connected.
    """
    wanted = {server.id: server.port for server in servers}
    views = [server.nodes() for server in servers]
    found = []

    def plain(node):
        # A replica's epoch is its primary's in the eyes of some releases and its own in those of others.
        return {**node, "flags": sorted(node["flags"] - {"nofailover"}), "open": None,
                "epoch": node["epoch"] if "master" in node["flags"] else None}

    for server, view in zip(servers, views):
        who = f"port {server.port}"
        found += [f"{who} does not know {wanted[name]}" for name in wanted.keys() - view.keys()]
        found += [f"{who} knows the stranger {name}: {view[name]}" for name in view.keys() - wanted.keys()]
        for name in sorted(view.keys() & wanted.keys()):
            node, first = plain(view[name]), plain(views[0].get(name, view[name]))
            if node["link"] != "connected" or set(node["flags"]) - {"master", "slave"}:
                found.append(f"{who} about {wanted[name]}: {node['flags']} {node['link']}")
            found += [f"{who} about {wanted[name]}: {field} {node[field]!r}, first {first[field]!r}"
                      for field in node if node[field] != first[field]]
    return found


def agree(servers):
    return not differences(servers)


def until_agree(servers, what, patience=PATIENCE):
    until(lambda: agree(servers), lambda: "\n".join([what, *differences(servers)[:20]]), patience)


def owners(server):
    """Slot to id of its owner, as `server` sees it. Fails when two own one slot."""
    found = {}
    for name, node in server.nodes().items():
        for word in node["slots"].split():
            first, _, last = word.partition("-")
            for slot in range(int(first), int(last or first) + 1):
                if slot in found:
                    raise AssertionError(f"slot {slot} belongs to {found[slot]} and {name}")
                found[slot] = name
    return found


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

    def _add(self, program, timeout_ms, redis, port=None, **options):
        port = port or free_ports(1)[0]
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
            everybody[0]("CLUSTER", "MEET", server.address, server.port)
        until_agree(everybody, "the cluster to form")
        until(lambda: all(s.info()["cluster_state"] == "ok" for s in everybody), "cluster_state:ok everywhere")

    def attach(self, replica, primary, everybody):
        """Makes `replica` follow `primary`; all of `everybody` know."""
        replica("CLUSTER", "REPLICATE", primary.id)
        until(lambda: replica.replication().get("master_link_status") == "up", "the replica to be in step")
        until_agree(everybody, "all to know the replica")

    def close(self):
        for server in self.servers:
            if server.process.poll() is None:
                server.resume()
                server.kill()
            server.client.close()

    def logs(self):
        return "\n".join(f"==== {s.directory} port {s.port} {'redis' if s.redis else 'ours'}\n{s.log()[-4000:]}"
                         for s in self.servers)
