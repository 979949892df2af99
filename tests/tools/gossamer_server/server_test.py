"""gossamer-server as a process: its configuration, its limits, what it writes, how it ends.

Counts and texts, never durations: PATIENCE only ends a test that gets nowhere.
"""

import contextlib
import fcntl
import glob
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "interop"))
import bus_peer  # noqa: E402
import servers  # noqa: E402
from servers import until  # noqa: E402

PROGRAM, SIMULATOR = "", ""

REDIS_CONF = "/etc/redis/redis.conf"
MEBIBYTE = 1 << 20


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def request(*words):
    out = b"*%d\r\n" % len(words)
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        out += b"$%d\r\n%s\r\n" % (len(data), data)
    return out


def inputs_of(server, path):
    """What replay-node says of a copy of the log, FILE first."""
    copy = os.path.join(server.directory, "copy")
    shutil.copy(path, copy)
    if os.path.exists(path + ".1"):
        shutil.copy(path + ".1", copy + ".1")
    return subprocess.run([SIMULATOR, "replay-node", copy], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)


class ServerTest(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.directory = self._directory.name
        self.fleet = servers.Fleet(PROGRAM, self.directory)
        self.sockets = []

    def tearDown(self):
        for one in self.sockets:
            one.close()
        self.fleet.close()
        outcome = getattr(self._outcome, "result", None)
        failed = outcome is not None and any(test is self for test, _ in outcome.errors + outcome.failures)
        if failed:
            print(self.fleet.logs())
        self._directory.cleanup()

    def connect(self, port):
        one = socket.create_connection(("127.0.0.1", port), timeout=servers.PATIENCE)
        self.sockets.append(one)
        return one

    def ask(self, port, data, size=1 << 16):
        one = self.connect(port)
        one.sendall(data)
        return one.recv(size)

    def cluster(self, count=3, timeout_ms=1000, **options):
        members = [self.fleet.ours(timeout_ms, **options) for _ in range(count)]
        self.fleet.form(members)
        return members

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def start(self, *words, stdin=None):
        process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.PIPE if stdin is not None else None,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if stdin is not None:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        self.addCleanup(self._end, process)
        return process

    @staticmethod
    def _end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()

    def client_of(self, process, port):
        def connected():
            if process.poll() is not None:
                raise AssertionError(process.stdout.read().decode())
            try:
                self.sockets.append(servers.Client(port))
            except OSError:
                return False
            return True
        until(connected, "the server to answer")
        return self.sockets[-1]


class ConfigTest(ServerTest):
    @unittest.skipUnless(os.access(REDIS_CONF, os.R_OK), "redis-server is not installed")
    def test_every_directive_of_debians_redis_conf_is_taken(self):
        with open(REDIS_CONF, encoding="utf-8") as file:
            path = self.write("redis.conf", file.read() + "\ncluster-enabled yes\n")
        port = servers.free_ports(1)[0]
        process = self.start(path, "--port", str(port), "--dir", self.directory, "--logfile", "")
        client = self.client_of(process, port)
        self.assertEqual(client("CONFIG", "GET", "hz"), ["hz", "10"])
        self.assertEqual(client("CONFIG", "GET", "tcp-keepalive"), ["tcp-keepalive", "300"])
        self.assertEqual(client("CONFIG", "GET", "client-output-buffer-limit")[1],
                         "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60")
        process.terminate()
        self.assertEqual(process.wait(timeout=servers.PATIENCE), 0)
        self.assertRegex(process.stdout.read().decode(), r"Directives without effect in this build: .*appendonly")

    def test_rewrite_keeps_the_file_and_a_restart_reads_it(self):
        port = servers.free_ports(1)[0]
        path = self.write("n.conf", f"# mine\nport {port}\n\ncluster-node-timeout 5000 \nmasterauth \"a b\"\n"
                                    f"dir {self.directory}\n# end\n")
        process = self.start(path)
        client = self.client_of(process, port)
        client("CONFIG", "SET", "cluster-node-timeout", 7000, "maxclients", 55, "masterauth", "x#y")
        self.assertEqual(client("CONFIG", "REWRITE"), "OK")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text, f"# mine\nport {port}\n\ncluster-node-timeout 7000\nmasterauth \"x#y\"\n"
                               f"dir {self.directory}\n# end\n# Generated by CONFIG REWRITE\nmaxclients 55\n")
        client("CONFIG", "SET", "maxclients", 56)
        self.assertEqual(client("CONFIG", "REWRITE"), "OK")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), text.replace("maxclients 55", "maxclients 56"))
        process.terminate()
        self.assertEqual(process.wait(timeout=servers.PATIENCE), 0)
        process = self.start(path)
        client = self.client_of(process, port)
        self.assertEqual(client("CONFIG", "GET", "maxclients"), ["maxclients", "56"])
        self.assertEqual(client("CONFIG", "GET", "*auth")[1::2], ["x#y", "x#y"])
        self.assertFalse(glob.glob(path + ".*"))

    def test_rewrite_needs_a_file(self):
        server = self.fleet.ours()
        with self.assertRaisesRegex(servers.Reply, "^ERR The server is running without a config file$"):
            server("CONFIG", "REWRITE")

    def test_a_file_that_cannot_be_replaced_stays_as_it_is(self):
        port = servers.free_ports(1)[0]
        path = self.write("n.conf", f"port {port}\ndir {self.directory}\n")
        process = self.start(path)
        client = self.client_of(process, port)
        os.mkdir(f"{path}.tmp-{process.pid}")
        client("CONFIG", "SET", "maxclients", 77)
        with self.assertRaisesRegex(servers.Reply, "^ERR Rewriting config file: cannot create .*directory"):
            client("CONFIG", "REWRITE")
        with open(path, encoding="utf-8") as file:
            self.assertNotIn("maxclients", file.read())

    def test_standard_input_and_overrides(self):
        port = servers.free_ports(1)[0]
        process = self.start("-", "--port", str(port), "--dir", self.directory, "--maxclients", "9",
                             stdin="port 1\nmaxclients 8\ncluster-replica-no-failover no\n")
        client = self.client_of(process, port)
        self.assertEqual(client("CONFIG", "GET", "maxclients"), ["maxclients", "9"])

    def test_errors_name_the_place_and_the_nearest_word(self):
        inner = self.write("inner.conf", "# \nmaxclient 5\n")
        outer = self.write("outer.conf", f"port 7000\ninclude {self.directory}/inn*.conf\n")
        for path in (outer, inner):
            done = subprocess.run([PROGRAM, path], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{inner}:2: unknown directive 'maxclient', nearest is 'maxclients'", done.stderr)
        loop = self.write("loop.conf", f"include {self.directory}/loop.conf\n")
        done = subprocess.run([PROGRAM, loop], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("files include one another", done.stderr)


class SignalTest(ServerTest):
    def test_hangup_and_user_signals_end_nobody(self):
        server = self.fleet.ours()
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE):
            server.process.send_signal(number)
        until(lambda: server.log().count(", ignored") == 2, "the log to speak of two signals")
        self.assertEqual(server("PING"), "PONG")
        server.process.send_signal(signal.SIGINT)
        self.assertEqual(server.process.wait(timeout=servers.PATIENCE), 0)
        self.assertIn("bye bye", server.log())

    def test_log_lines_are_valkeys(self):
        server = self.fleet.ours()
        for line in server.log().splitlines():
            self.assertRegex(line, r"^\d+:[MS] \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d{3} [.*#-] \S")


    def test_who_asks_again_does_not_wait_for_a_save_that_hangs(self):
        for again in (signal.SIGTERM, signal.SIGINT):
            server = self.fleet.ours()
            before = server.id
            # The new nodes.conf is a pipe that is full and that nobody empties.
            pipe = os.path.join(server.directory, f"nodes.conf.tmp-{server.process.pid}")
            os.mkfifo(pipe)
            end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
            self.addCleanup(os.close, end)
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 4096)
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(end, bytes(4096))
            server.process.send_signal(signal.SIGTERM)
            until(lambda s=server: "Received signal 15, scheduling shutdown" in s.log(), "the shutdown to begin")
            with self.assertRaises(subprocess.TimeoutExpired):
                server.process.wait(timeout=0.5)
            server.process.send_signal(again)
            self.assertEqual(server.process.wait(timeout=servers.PATIENCE), 1)
            self.assertNotIn("bye bye", server.log())
            # What was saved before is whole.
            os.unlink(pipe)
            server.start()
            self.assertEqual(server.id, before)


class CrashTest(ServerTest):
    REPORT = re.compile(r"=== GOSSAMER BUG REPORT START.*?\n(gossamer-server \S+, pid (\d+), port (\d+), rules \S+, directory .*)\n"
                        r"(\*\*\* (\w+) received .*)------ STACK TRACE ------\n(.*)=== GOSSAMER BUG REPORT END ===\n", re.DOTALL)

    def check(self, server, number):
        self.assertEqual(server.process.wait(timeout=servers.PATIENCE), -number)
        (report,) = self.REPORT.findall(server.log())
        self.assertEqual(report[1:3], (str(server.process.pid), str(server.port)))
        self.assertEqual(report[4], signal.Signals(number).name)
        frames = report[5].splitlines()
        for frame in frames:
            self.assertRegex(frame, r"^    @ 0x[0-9a-f]{16} \S")
        return report[5]

    def test_every_fatal_signal_leaves_a_report_and_ends_as_it_would(self):
        for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT):
            server = self.fleet.ours()
            server.process.send_signal(number)
            self.assertRegex(self.check(server, number), r" _start\n$")

    def test_debug_commands_that_end_the_process(self):
        for word, number in (("SEGFAULT", signal.SIGSEGV), ("PANIC", signal.SIGABRT), ("ASSERT", signal.SIGABRT)):
            server = self.fleet.ours(enable_debug_command="yes")
            for words in (["DEBUG", word, "x"], ["DEBUG", word + "x"]):
                with self.assertRaisesRegex(servers.Reply, "unknown subcommand or wrong number of arguments"):
                    server(*words)
            with self.assertRaises(ConnectionError):
                server("DEBUG", word)
            # Where it happened, by name, down to the beginning.
            self.assertRegex(self.check(server, number), r"(?s)gossamer::server::RunDebugCommand.* _start\n$")
            if word != "SEGFAULT":
                self.assertIn(f"asked for by DEBUG {word}", server.log())

    def test_they_have_to_be_enabled(self):
        server = self.fleet.ours()
        for word in ("SEGFAULT", "PANIC", "ASSERT", "HELP", "NOSUCH"):
            with self.assertRaisesRegex(servers.Reply, "DEBUG command not allowed"):
                server("DEBUG", word)
        self.assertEqual(server("PING"), "PONG")

    def test_an_order_to_end_is_no_crash(self):
        server = self.fleet.ours()
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("BUG REPORT", server.log())


class ClientTest(ServerTest):
    def test_reply_off_and_skip(self):
        server = self.fleet.ours()
        one = self.connect(server.port)
        one.sendall(request("CLIENT", "REPLY", "SKIP") + request("ECHO", "skipped") + request("ECHO", "one") +
                    request("CLIENT", "REPLY", "OFF") + request("ECHO", "off") + request("NOSUCH") +
                    request("CLIENT", "REPLY", "ON") + request("ECHO", "two"))
        wanted = b"$3\r\none\r\n+OK\r\n$3\r\ntwo\r\n"
        got = b""
        while len(got) < len(wanted):
            got += one.recv(1000)
        self.assertEqual(got, wanted)

    def test_list_and_kill_by_filters(self):
        server = self.fleet.ours()
        named = [servers.Client(server.port) for _ in range(3)]
        self.sockets += named
        ids = [client("CLIENT", "ID") for client in named]
        for i, client in enumerate(named):
            client("CLIENT", "SETNAME", f"c{i}")
        listed = server("CLIENT", "LIST", "ID", *ids[:2])
        self.assertEqual(re.findall(r"name=(\S+)", listed), ["c0", "c1"])
        self.assertEqual(server("CLIENT", "LIST", "TYPE", "pubsub"), "")
        self.assertEqual(server("CLIENT", "KILL", "ID", ids[0]), 1)
        with self.assertRaises((ConnectionError, OSError)):
            named[0]("PING")
        address = re.search(r"addr=(\S+)", server("CLIENT", "LIST", "ID", ids[1])).group(1)
        self.assertEqual(server("CLIENT", "KILL", address), "OK")
        with self.assertRaisesRegex(servers.Reply, "No such client"):
            server("CLIENT", "KILL", "1.2.3.4:5")
        self.assertEqual(server("CLIENT", "KILL", "TYPE", "normal"), 1)  # not oneself
        self.assertEqual(server("PING"), "PONG")
        for words, error in ((("KILL", "ID", 0), "greater than 0"), (("LIST", "TYPE", "x"), "Unknown client type"),
                             (("TRACKING", "ON"), "not served"), (("NO-EVICT", "maybe"), "syntax error")):
            with self.assertRaisesRegex(servers.Reply, error):
                server("CLIENT", *words)

    def test_what_is_not_served_says_so(self):
        server = self.fleet.ours()
        for words in (("WATCH", "a"), ("SUBSCRIBE", "a"), ("PUBLISH", "a", "b"), ("ACL", "LIST"), ("MONITOR",)):
            with self.assertRaisesRegex(servers.Reply, "is not served by this build"):
                server(*words)
        self.assertEqual(server("FUNCTION", "LIST"), [])
        self.assertEqual(server("WAIT", 1, 10), 0)
        self.assertEqual(server("SCAN", 0), ["0", []])

    def test_info_and_command_answer_tools(self):
        server = self.fleet.ours()
        text = server("INFO")
        for name in ("redis_version", "redis_mode", "connected_clients", "cluster_connections", "used_memory",
                     "maxmemory", "loading", "total_commands_processed", "rejected_connections", "role",
                     "master_replid", "used_cpu_user", "cluster_enabled"):
            self.assertEqual(len(re.findall(rf"^{name}:\S", text, re.M)), 1, name)
        self.assertGreater(int(re.search(r"used_memory:(\d+)", text).group(1)), MEBIBYTE)
        self.assertEqual(server("INFO", "nosuch"), "")
        self.assertEqual(server("INFO", "cluster"), "# Cluster\r\ncluster_enabled:1\r\n")
        self.assertEqual(len(server("COMMAND")), server("COMMAND", "COUNT"))
        self.assertEqual(server("COMMAND", "DOCS", "ping")[0], "ping")
        self.assertEqual(server("COMMAND", "GETKEYSANDFLAGS", "SET", "k", "v")[0][0], "k")
        done = subprocess.run(["redis-cli", "-p", str(server.port)], input="PING\nCLUSTER MYID\n", text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.stdout.splitlines(), ["PONG", server.id])


class LimitTest(ServerTest):
    def test_maxclients(self):
        server = self.fleet.ours(maxclients=3)
        kept = [servers.Client(server.port) for _ in range(2)]
        self.sockets += kept
        for client in kept:
            client("PING")
        self.assertEqual(self.connect(server.port).recv(100), b"-ERR max number of clients reached\r\n")
        self.assertIn("rejected_connections:1\r\n", server("INFO", "stats"))

    def test_a_query_that_grows_too_long_ends_its_client(self):
        server = self.fleet.ours(client_query_buffer_limit="1mb")
        one = self.connect(server.port)
        try:
            one.sendall(b"*1000\r\n" + (b"$10000\r\n" + b"x" * 10000 + b"\r\n") * 200)
            one.recv(1)
        except OSError:
            pass
        until(lambda: "client_query_buffer_limit_disconnections:1\r\n" in server("INFO", "stats"), "the client to go")

    def test_a_reply_nobody_takes_ends_its_client(self):
        server = self.fleet.ours()
        server("CONFIG", "SET", "client-output-buffer-limit", "normal 1kb 0 0")
        one = self.connect(server.port)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.setblocking(False)
        data = request("CONFIG", "GET", "*") * 100
        at = 0

        def gone():
            nonlocal at
            try:
                at = (at + one.send(data[at:])) % len(data)
            except BlockingIOError:
                pass
            except OSError:
                return True
            return "client_output_buffer_limit_disconnections:1\r\n" in server("INFO", "stats")
        until(gone, "the client to go")
        self.assertIn("client_output_buffer_limit_disconnections:1\r\n", server("INFO", "stats"))

    def test_half_closed_clients_get_their_replies(self):
        server = self.fleet.ours()
        one = self.connect(server.port)
        one.sendall(request("PING") * 500)
        one.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            more = one.recv(1 << 16)
            if not more:
                break
            got += more
        self.assertEqual(got, b"+PONG\r\n" * 500)

    def test_an_idle_client_goes(self):
        server = self.fleet.ours(timeout=1)
        self.assertEqual(self.connect(server.port).recv(1), b"")


class DebugTest(ServerTest):
    def test_debug_has_to_be_enabled(self):
        server = self.fleet.ours()
        with self.assertRaisesRegex(servers.Reply, "DEBUG command not allowed"):
            server("DEBUG", "SLEEP", 0)
        local = self.fleet.ours(enable_debug_command="local")
        self.assertEqual(local("DEBUG", "SLEEP", 0), "OK")
        with self.assertRaisesRegex(servers.Reply, "immutable"):
            server("CONFIG", "SET", "enable-debug-command", "yes")

    def test_dropped_packets_and_killed_links(self):
        members = self.cluster(2, enable_debug_command="yes")
        first, second = members
        links = first("CLUSTER", "LINKS")
        created = {link[1]: link[5] for link in links}
        self.assertEqual(set(created), {"to", "from"})
        first("DEBUG", "CLUSTERLINK", "KILL", "ALL", second.id)

        def renewed():
            now = {link[1]: link[5] for link in first("CLUSTER", "LINKS")}
            return set(now) == {"to", "from"} and all(now[way] > created[way] for way in now)
        until(renewed, "new links")
        first("DEBUG", "DROP-CLUSTER-PACKET-FILTER", -2)
        until(lambda: "possibly failing" in first.log(), "PFAIL")
        self.assertNotIn("possibly failing", second.log())
        first("DEBUG", "DROP-CLUSTER-PACKET-FILTER", -1)
        until(lambda: "no longer possibly failing" in first.log() or "Clear FAIL" in first.log(), "an answer")
        with self.assertRaisesRegex(servers.Reply, "Unknown node"):
            first("DEBUG", "CLUSTERLINK", "KILL", "TO", "x")


class LinksTest(ServerTest):
    def test_links_tell_their_age_and_what_they_hold(self):
        before = int(time.time() * 1000) - 1000
        first, second = self.cluster(2)
        wanted = ["direction", "node", "create-time", "events", "send-buffer-allocated", "send-buffer-used"]
        links = first("CLUSTER", "LINKS")
        self.assertEqual(len(links), 2)
        for link in links:
            self.assertEqual(link[::2], wanted)
            self.assertEqual(link[3], second.id)
            self.assertIn(link[7], ("r", "rw"))
            self.assertGreaterEqual(link[5], before)
            self.assertGreater(link[9], 0)
            self.assertLessEqual(link[11], link[9])


class SendBufferTest(ServerTest):
    """A peer that takes nothing: its link is ended, the others are heard as before."""

    LIMIT = MEBIBYTE

    def setUp(self):
        super().setUp()
        # So long that the peer's silence alone ends no link.
        self.members = self.cluster(3, timeout_ms=60000, cluster_link_sendbuf_limit=self.LIMIT)
        self.first = self.members[0]
        self.peer = bus_peer.BusPeer("b" * 40)
        self.addCleanup(self.peer.close)
        self.first("CLUSTER", "MEET", "127.0.0.1", self.peer.port)
        until(lambda: all(self.peer.name in m.nodes() for m in self.members), "all to know the peer")
        until(lambda: self.first.nodes()[self.peer.name]["link"] == "connected", "a link to the peer")

    def exceeded(self):
        return int(self.first.info()["total_cluster_links_buffer_limit_exceeded"])

    def queued(self, way):
        return max((link[11] for link in self.first("CLUSTER", "LINKS") if link[1] == way and link[3] == self.peer.name), default=0)

    def check(self, base, links):
        """`base`: resident bytes before. `links` made anew cost no more than one."""
        self.assertGreaterEqual(self.exceeded(), links)
        self.assertLess(resident_bytes(self.first.process.pid) - base, HostileTest.GROWTH)
        # The others hear us still, and nobody is suspected.
        others = self.members[1:]
        before = [int(m.info()["cluster_stats_messages_received"]) for m in others]
        until(lambda: all(int(m.info()["cluster_stats_messages_received"]) > old + 3 for m, old in zip(others, before)), "heartbeats")
        for member in self.members:
            self.assertNotIn("possibly failing", member.log())
            self.assertEqual(member.info()["cluster_state"], "ok")
        for member in others:
            self.assertEqual(member.info()["total_cluster_links_buffer_limit_exceeded"], "0")

    def ask(self, link, enough, what):
        """Sends pings by `link` and takes no answer, until `enough`."""
        link.setblocking(False)
        pings = self.peer.frame(bus_peer.PING) * 512
        rest = b""

        def sent_enough():
            nonlocal rest
            with contextlib.suppress(OSError):
                rest = rest or pings
                rest = rest[link.send(rest):]
            return enough()
        until(sent_enough, what)

    def test_who_asks_and_takes_no_answers(self):
        base = resident_bytes(self.first.process.pid)
        for round_ in range(3):
            link = self.peer.connect(self.first.port)
            self.ask(link, lambda r=round_: self.exceeded() == r + 1, "a link to be ended")
            self.assertNotIn("from", [n[1] for n in self.first("CLUSTER", "LINKS") if n[3] == self.peer.name])
        self.check(base, 3)

    def test_who_is_told_and_does_not_read(self):
        base = resident_bytes(self.first.process.pid)
        self.peer.reads = False
        accepted = self.peer.accepted
        # Each gift of a slot is told to all.
        other, slot, most = self.members[1].id, 0, 0
        for _ in range(20000):
            if self.exceeded() > 0:
                break
            self.first("CLUSTER", "SETSLOT", slot, "NODE", other)
            self.first("CLUSTER", "SETSLOT", slot, "IMPORTING", other)
            self.first("CLUSTER", "SETSLOT", slot, "NODE", self.first.id)
            most = max(most, self.queued("to"))
        self.assertGreater(most, 0)
        until(lambda: self.peer.accepted > accepted, "a new link to the peer")
        self.check(base, 1)

    def test_without_a_limit_nothing_is_ended_early(self):
        self.first("CONFIG", "SET", "cluster-link-sendbuf-limit", "0")
        link = self.peer.connect(self.first.port)
        self.ask(link, lambda: self.queued("from") >= 2 * self.LIMIT, "answers to wait")
        self.assertEqual(self.exceeded(), 0)
        self.first("CONFIG", "SET", "cluster-link-sendbuf-limit", self.LIMIT)
        # Without another message to that peer.
        until(lambda: self.exceeded() == 1, "the limit to hold again")


class HostileTest(ServerTest):
    """Whatever one connection does, the others live on, and memory stays."""

    GROWTH = 160 * MEBIBYTE

    def guard(self, members, disturb):
        base = [resident_bytes(m.process.pid) for m in members]
        pongs = [int(m.info()["cluster_stats_messages_pong_received"]) for m in members]
        disturb(members[0])
        # Everybody heard everybody meanwhile, and goes on to.
        until(lambda: all(int(m.info()["cluster_stats_messages_pong_received"]) > before + 10
                          for m, before in zip(members, pongs)), "heartbeats")
        for member in members:
            self.assertNotIn("possibly failing", member.log())
            self.assertEqual(member.info()["cluster_state"], "ok")
        for member, before in zip(members, base):
            self.assertLess(resident_bytes(member.process.pid) - before, self.GROWTH)

    def flood(self, port, data, total):
        """Sends `total` bytes, or as many as the other side takes before it ends the connection."""
        one = self.connect(port)
        one.setblocking(False)
        sent = 0
        quiet = 0
        while sent < total and quiet < 20:
            readable, writable, _ = select.select([one], [one], [], 0.05)
            try:
                if readable and not one.recv(1 << 16):
                    return sent
                if writable:
                    sent += one.send(data)
                    quiet = 0
                else:
                    quiet += 1
            except (BlockingIOError, InterruptedError):
                continue
            except OSError:
                return sent
        return sent

    def test_floods_on_both_ports(self):
        def disturb(victim):
            self.flood(victim.port, request("PING") * 1000, 20 * MEBIBYTE)
            self.flood(victim.port, request("CLUSTER", "SLOTS") * 1000, 4 * MEBIBYTE)
            self.flood(victim.port, os.urandom(1 << 16), 20 * MEBIBYTE)
            self.flood(victim.port + 10000, os.urandom(1 << 16), 20 * MEBIBYTE)
            # A frame that is as long as one may be, and never ends.
            head = b"RCmb" + (300 * MEBIBYTE).to_bytes(4, "big") + (1).to_bytes(2, "big") + bytes(6)
            self.flood(victim.port + 10000, head + bytes(1 << 16), 60 * MEBIBYTE)
        self.guard(self.cluster(3, timeout_ms=3000), disturb)

    def test_clients_that_never_read(self):
        def disturb(victim):
            for _ in range(50):
                one = self.connect(victim.port)
                one.setblocking(False)
                for _ in range(50):
                    try:
                        one.send(request("CONFIG", "GET", "*") * 100)
                    except BlockingIOError:
                        break
        self.guard(self.cluster(3, timeout_ms=3000), disturb)

    def test_slow_and_half_closed_connections(self):
        def disturb(victim):
            for port in (victim.port, victim.port + 10000):
                for piece in (b"", b"*", b"*1\r\n$4\r\nPI", b"RCmb", b"\0", b"RCmb\0\0\1"):
                    one = self.connect(port)
                    one.sendall(piece)
                    half = self.connect(port)
                    half.sendall(piece)
                    half.shutdown(socket.SHUT_WR)
        self.guard(self.cluster(3, timeout_ms=3000), disturb)

    def test_ten_thousand_connections(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        each = min(5000, (hard - 500) // 2)

        def disturb(victim):
            for _ in range(each):
                self.connect(victim.port)
                self.connect(victim.port + 10000)
        self.guard(self.cluster(3, timeout_ms=5000), disturb)


class RecordTest(ServerTest):
    def test_the_ring_turns_and_is_replayed_while_the_server_runs(self):
        log = os.path.join(self.directory, "inputs")
        members = self.cluster(3)
        recorded = self.fleet.ours(gossamer_record_inputs=log, gossamer_record_megabytes=1)
        recorded("CLUSTER", "MEET", "127.0.0.1", members[0].port)
        until(lambda: len(recorded.nodes()) == 4, "the node to join")
        self.assertIn("from the start", inputs_of(recorded, log).stdout)

        def turned():
            for _ in range(20):
                recorded("CLUSTER", "KEYSLOT", "x" * 20000)
            return os.path.exists(log + ".1")
        until(turned, "the first segment to end")
        for _ in range(2):
            before = os.stat(log + ".1").st_ino
            until(lambda: turned() and os.stat(log + ".1").st_ino != before, "another segment")
            done = inputs_of(recorded, log)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertRegex(done.stdout, r"the same: \d+ inputs.* from a snapshot")
            self.assertNotIn("left out", done.stdout)
            held = os.path.getsize(log) + os.path.getsize(log + ".1")
            self.assertLess(held, 2 * MEBIBYTE)


class DurabilityTest(ServerTest):
    def test_a_vote_that_cannot_be_saved_is_not_given(self):
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        replica = self.fleet.redis()
        self.fleet.form(voters, [replica])
        replica("CLUSTER", "REPLICATE", voters[1].id)
        until(lambda: "slave" in voters[2].nodes()[replica.id]["flags"], "the replica to be known")
        until(lambda: "master_link_status:up" in replica("INFO", "replication"), "the replica to be in step")
        ours = voters[2]
        # The new file cannot be made: there is a directory by its name.
        obstacle = os.path.join(ours.directory, f"nodes.conf.tmp-{ours.process.pid}")
        os.mkdir(obstacle)
        voters[1].kill()
        until(lambda: "what waited for it is withheld" in ours.log(), "a vote to be withheld")
        failures = int(re.search(r"nodes_conf_saves_failed:(\d+)", ours("INFO", "persistence")).group(1))
        self.assertGreater(failures, 0)

        def retried():
            now = int(re.search(r"nodes_conf_saves_failed:(\d+)", ours("INFO", "persistence")).group(1))
            return now > failures + 5
        until(retried, "the save to be tried again")
        self.assertIn("slave", voters[0].nodes()[replica.id]["flags"])  # our vote would have been the quorum
        os.rmdir(obstacle)
        until(lambda: "master" in voters[0].nodes()[replica.id]["flags"], "the election to be won")
        with open(os.path.join(ours.directory, "nodes.conf"), encoding="utf-8") as conf:
            saved = int(re.search(r"lastVoteEpoch (\d+)", conf.read()).group(1))
        self.assertGreater(saved, 0)

    def test_two_servers_do_not_share_a_file(self):
        server = self.fleet.ours()
        done = subprocess.run([PROGRAM, "--port", str(servers.free_ports(1)[0]), "--dir", server.directory],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 5)
        self.assertIn("in use by another server", done.stderr)


if __name__ == "__main__":
    PROGRAM, SIMULATOR = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
