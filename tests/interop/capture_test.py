#!/usr/bin/env python3
"""The bus of a mixed cluster, captured on the wire and read by two decoders: our codec and the Wireshark dissector.

usage: capture_test.py <gossamer-server> <gossamer-sim> <decode_capture> [unittest arguments], from the root of the repository.
Needs tshark. Skipped where dumpcap may not capture.
"""

import collections
import os
import signal
import subprocess
import sys

import case
import servers
from servers import until, until_agree

DECODER = ""
DISSECTOR = "tools/wireshark/cluster_bus.lua"
FIELDS = [f"clusterbus.{name}" for name in (
    "length", "type", "port", "count", "current_epoch", "config_epoch", "offset", "sender", "slot_count", "replicaof", "ip",
    "extensions", "pport", "cport", "flags", "state", "mflags", "gossip.node", "gossip.ping_sent", "gossip.pong_received",
    "gossip.ip", "gossip.port", "gossip.cport", "gossip.flags", "gossip.pport", "ext.hostname", "ext.human_nodename",
    "ext.forgotten", "ext.ttl", "ext.shard_id", "fail.node", "update.config_epoch", "update.node", "publish.channel_length",
    "publish.message_length")]
TROUBLE = "_ws.lua.error || _ws.malformed || clusterbus.bad_length || clusterbus.bad_version || clusterbus.fragment"
TYPES = ["PING", "PONG", "MEET", "FAIL", "PUBLISH", "AUTH_REQUEST", "AUTH_ACK", "UPDATE", "MFSTART", "MODULE", "PUBLISHSHARD"]
EVERYBODY_SENDS = {"PING", "PONG", "MEET", "FAIL", "AUTH_REQUEST", "AUTH_ACK", "UPDATE", "MFSTART"}


class Capture:
    """What passes on the loopback interface from and to some ports."""

    def __init__(self, path, ports):
        self.path = path
        only = " or ".join(f"tcp port {port}" for port in ports)
        self._process = subprocess.Popen(["dumpcap", "-q", "-B", "64", "-i", "lo", "-f", only, "-w", path],
                                         stderr=subprocess.PIPE, text=True)
        self._said = ""
        # It names the file when it has begun.
        while "File: " not in self._said:
            line = self._process.stderr.readline()
            if not line:
                raise AssertionError(f"dumpcap ended: {self._said}")
            self._said += line

    def end(self):
        self._process.send_signal(signal.SIGINT)
        _, said = self._process.communicate(timeout=30)
        return self._said + said


class CaptureTest(case.Case):
    def tshark(self, *words):
        done = subprocess.run(["tshark", "-X", f"lua_script:{DISSECTOR}", "-o", "tcp.try_heuristic_first:TRUE",
                               "-r", self.capture.path, *words], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Lua", done.stderr)
        return done.stdout

    def streams(self):
        """The bytes of each direction of each connection, by its name."""
        found = {}
        fields = ("tcp.stream", "tcp.srcport", "tcp.seq", "tcp.payload")
        rows = self.tshark("-Y", "tcp.len > 0", "-T", "fields", *(word for f in fields for word in ("-e", f)))
        for row in rows.splitlines():
            stream, port, sequence, payload = row.split("\t")
            data = found.setdefault(f"{stream}:{port}", bytearray())
            # Relative: the first byte is number 1. What was sent twice counts once.
            at = int(sequence) - 1
            self.assertLessEqual(at, len(data), f"a gap in stream {stream}: packets were dropped")
            data += bytes.fromhex(payload)[len(data) - at:]
        return found

    def ours_of(self, streams):
        """By our codec: for each stream its fields with their values in order."""
        text = "".join(f"{name} {data.hex()}\n" for name, data in streams.items())
        done = subprocess.run([DECODER], input=text, stdout=subprocess.PIPE, text=True, check=False)
        self.assertNotRegex(done.stdout, "(?m)^error")
        self.assertEqual(done.returncode, 0)
        found, fields = {}, {}
        for line in done.stdout.splitlines():
            key, _, value = line.partition(" ")
            if key == "stream":
                fields = found[value] = collections.defaultdict(list)
            elif key != "rest":
                fields[key].append(value)
        return found

    def wiresharks(self):
        """The same by the dissector."""
        found = {}
        wanted = [word for f in ("tcp.stream", "tcp.srcport", *FIELDS) for word in ("-e", f)]
        rows = self.tshark("-Y", "clusterbus", "-T", "fields", "-E", "separator=|", "-E", "aggregator=;", *wanted)
        for row in rows.splitlines():
            stream, port, *cells = row.split("|")
            fields = found.setdefault(f"{stream}:{port}", collections.defaultdict(list))
            for name, cell in zip(FIELDS, cells):
                fields[name] += [value for value in cell.split(";") if value]
        return found

    def test_both_decoders_read_what_servers_send(self):
        ports = servers.free_ports(6)
        self.capture = Capture(os.path.join(self.directory, "bus.pcapng"), [port + 10000 for port in ports])
        options = [{"port": port, "cluster_announce_hostname": f"node-{port}.example.org"} for port in ports]
        for of_ours in (options[2], options[4]):
            of_ours["gossamer_failover_without_data"] = "yes"
        voters = [self.fleet.redis(**options[0]), self.fleet.redis(**options[1]), self.fleet.ours(**options[2])]
        redis_replica = self.fleet.redis(**options[3])
        our_replica = self.fleet.ours(**options[4])
        member = self.fleet.ours(**options[5])
        everybody = [*voters, redis_replica, our_replica, member]
        self.fleet.form(voters, everybody[3:])
        our_replica("CLUSTER", "MEET", "127.0.0.1", voters[0].port)
        self.fleet.attach(redis_replica, voters[0], everybody)
        our_replica("CLUSTER", "REPLICATE", voters[2].id)
        until_agree(everybody, "all to know our replica")
        ids = {server.id: server for server in everybody}
        self.talk(voters, redis_replica, our_replica, everybody)
        self.fleet.close()
        said = self.capture.end()
        self.assertRegex(said, r"dropped on interface .*: \d+/0 ")
        self.check(ids)

    def talk(self, voters, redis_replica, our_replica, everybody):
        """Makes them send messages of every type."""
        self.assertEqual(voters[0]("PUBLISH", "news", "x" * 1000), 0)
        self.assertEqual(voters[0]("SPUBLISH", "key:4", "y"), 0)
        for replica, primary in ((redis_replica, voters[0]), (our_replica, voters[2])):
            self.assertEqual(replica("CLUSTER", "FAILOVER"), "OK")
            until(lambda: replica.role == "master" and primary.role == "slave", "a failover by hand")
            until_agree(everybody, "all to know of the failover")
        # Primaries sleep until they are replaced. Who first hears the suspicion that it lacked tells all with a FAIL, and who
        # first hears a sleeper's old claim answers with an UPDATE: sometimes ours, sometimes Redis's. While a Redis sleeps, more
        # of ours are awake to send one, and the other way about.
        pairs = {True: (voters[0], redis_replica), False: (voters[2], our_replica)}
        for number in range(20):
            lack = {redis: any(all(f"cluster_stats_messages_{kind}_sent" not in s.info() for s in everybody if s.redis == redis)
                               for kind in ("fail", "update")) for redis in (False, True)}
            if number >= 2 and not any(lack.values()):
                break
            sleeping = lack[False] if lack[False] != lack[True] else number % 2 == 0
            self.nap(next(server for server in pairs[sleeping] if server.role == "master"), everybody)

    def nap(self, sleeper, everybody):
        awake = [server for server in everybody if server is not sleeper]
        sleeper.pause()
        until(lambda: all("fail" in s.nodes()[sleeper.id]["flags"] for s in awake), "a paused node to be failed")
        until(lambda: all(s.info()["cluster_state"] == "ok" for s in awake), "cluster_state:ok")
        sleeper.resume()
        until_agree(everybody, "the paused node to be one of us again")

    def check(self, ids):
        streams = self.streams()
        ours, theirs = self.ours_of(streams), self.wiresharks()
        self.assertEqual(self.tshark("-Y", TROUBLE, "-T", "fields", "-e", "frame.number"), "")
        self.assertEqual({name for name, fields in ours.items() if fields}, set(theirs))
        messages = 0
        for name, fields in theirs.items():
            for field in FIELDS:
                self.assertEqual(ours[name][field], fields[field], f"{field} in stream {name}")
            messages += len(fields["clusterbus.type"])
        seen = {True: collections.Counter(), False: collections.Counter()}
        for fields in ours.values():
            # Redis 7.0 and we send no light headers to each other: every message names its sender.
            for kind, sender in zip(fields["clusterbus.type"], fields["clusterbus.sender"], strict=True):
                if sender in ids:
                    seen[ids[sender].redis][TYPES[int(kind)]] += 1
        print(f"{messages} messages in {len(streams)} streams; redis-server {dict(seen[True])}, ours {dict(seen[False])}")
        self.assertGreaterEqual(set(seen[False]), EVERYBODY_SENDS)
        self.assertGreaterEqual(set(seen[True]), EVERYBODY_SENDS | {"PUBLISH", "PUBLISHSHARD"})


if __name__ == "__main__":
    DECODER = os.path.abspath(sys.argv.pop(3))
    case.need("tshark", "tshark")
    trial = subprocess.run(["dumpcap", "-q", "-i", "lo", "-a", "duration:1", "-w", os.devnull], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True, check=False)
    if trial.returncode != 0:
        case.skip(f"dumpcap may not capture on lo here (it needs root or CAP_NET_RAW): {trial.stderr.strip()}")
    case.main()
