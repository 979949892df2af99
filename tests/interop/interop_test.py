#!/usr/bin/env python3
"""gossamer-server among real redis-server processes, and among its own kind.

usage: interop_test.py <gossamer-server> <gossamer-sim> [unittest arguments]. Needs redis-server and redis-cli (Debian packages
redis-server and redis-tools). GOSSAMER_INTEROP_SOAK: seconds for which nobody may suspect anybody (default 30).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import servers
from servers import agree, until

PROGRAM = ""
SIMULATOR = ""
SOAK = float(os.environ.get("GOSSAMER_INTEROP_SOAK", "30"))


def without_a_message(log):
    """The log of inputs without one of its messages: whoever replays it misses an answer."""
    records, at = [], 0
    while at < len(log):
        begin, size, shift = at, 0, 0
        while True:
            byte = log[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if at + size > len(log):
            break
        at += size
        records.append(log[begin:at])
    # A ping, whose answer is among the effects.
    pings = [i for i, record in enumerate(records) if b"RCmb" in record and
             record[record.find(b"RCmb") + 12:record.find(b"RCmb") + 14] == b"\0\0"]
    del records[pings[len(pings) // 2]]
    return b"".join(records)


class InteropTest(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.fleet = servers.Fleet(PROGRAM, self._directory.name)

    def tearDown(self):
        failed = any(error for _, error in self._outcome.result.failures + self._outcome.result.errors)
        self.fleet.close()
        if failed:
            print(self.fleet.logs())
        self._directory.cleanup()

    def redis_cli(self, *words):
        done = subprocess.run(["redis-cli", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_joins_a_redis_cluster_and_nobody_suspects_anybody(self):
        primaries = [self.fleet.redis() for _ in range(3)]
        self.fleet.form(primaries)
        ours = self.fleet.ours()
        ours("CLUSTER", "MEET", "127.0.0.1", primaries[0].port)
        everybody = [*primaries, ours]
        until(lambda: agree(everybody), "our node and three of Redis's to agree")
        self.assertEqual(ours.nodes()[ours.id]["address"], f"127.0.0.1:{ours.port}@{ours.port + 10000}")
        before = ours.info()
        time.sleep(SOAK)
        self.assertTrue(agree(everybody))
        for server in everybody:
            self.assertNotRegex(server.log(), "possibly failing|as failing|FAIL message received")
        after = ours.info()
        for name in ("cluster_stats_messages_ping_received", "cluster_stats_messages_pong_received"):
            self.assertGreater(int(after[name]), int(before.get(name, 0)))

    def test_redis_meets_us_forgets_us_and_meets_us_again_after_a_reset(self):
        primaries = [self.fleet.redis() for _ in range(3)]
        self.fleet.form(primaries)
        ours = self.fleet.ours()
        primaries[1]("CLUSTER", "MEET", "127.0.0.1", ours.port)
        until(lambda: agree([*primaries, ours]), "our node to be taken in")
        old_id = ours.id
        ours("CLUSTER", "RESET", "HARD")
        self.assertNotEqual(ours.id, old_id)
        for server in primaries:
            server("CLUSTER", "FORGET", old_id)
        self.assertTrue(agree(primaries))
        ours("CLUSTER", "MEET", "127.0.0.1", primaries[2].port)
        until(lambda: agree([*primaries, ours]), "our node to be taken in under its new id")

    def test_we_forget_and_remember_across_a_restart_and_a_new_address(self):
        primaries = [self.fleet.redis() for _ in range(2)]
        ours = self.fleet.ours()
        self.fleet.form(primaries, [ours])
        my_id, before = ours.id, ours.nodes()
        self.assertEqual(ours.stop(), 0)
        ours.start()
        self.assertEqual(ours.id, my_id)
        self.assertEqual({n: v["slots"] for n, v in ours.nodes().items()}, {n: v["slots"] for n, v in before.items()})
        until(lambda: agree([*primaries, ours]), "agreement after the restart")
        ours.kill()
        ours.start(port=servers.free_ports(1)[0])
        self.assertEqual(ours.id, my_id)
        until(lambda: agree([*primaries, ours]), "agreement on the new address")

    def test_our_vote_makes_the_quorum_for_a_redis_replica(self):
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        replica = self.fleet.redis()
        self.fleet.form(voters, [replica])
        replica("CLUSTER", "REPLICATE", voters[0].id)
        until(lambda: "master_link_status:up" in replica("INFO", "replication"), "the replica to be in step")
        until(lambda: agree([*voters, replica]), "all to know the replica")
        dead = voters[0].id
        voters[0].kill()
        until(lambda: "master" in replica.nodes()[replica.id]["flags"], "the replica to be promoted")
        # Three voters, one of them dead: without us there is no majority.
        self.assertRegex(voters[2].log(), "Vote granted to " + replica.id)
        self.assertRegex(voters[2].log(), f"(Marking node {dead} as failing|FAIL message about {dead})")
        until(lambda: voters[2].nodes()[replica.id]["slots"] == "0-5461", "us to see the slots at their heir")
        self.assertEqual(voters[2].nodes()[dead]["slots"], "")
        voters[0].start()
        until(lambda: agree([*voters, replica]), "the dead primary to come back as a replica")
        self.assertEqual(voters[2].nodes()[dead]["primary"], replica.id)

    def test_as_a_replica_we_follow_and_leave_elections_to_others(self):
        primaries = [self.fleet.redis() for _ in range(3)]
        ours, other = self.fleet.ours(), self.fleet.redis()
        self.fleet.form(primaries, [ours, other])
        for replica in (ours, other):
            replica("CLUSTER", "REPLICATE", primaries[0].id)
        first = primaries[0]
        until(lambda: first("INFO", "replication").count("state=online") == 2, "two replicas online")
        tag = next(f"{{{i}}}" for i in range(1000) if first("CLUSTER", "KEYSLOT", f"{{{i}}}") < 5000)
        for i in range(500):
            first("SET", f"{tag}{i}", "x" * 100)

        def offset(server, field):
            return int(re.search(field + r":(\d+)", server("INFO", "replication"))[1])

        until(lambda: offset(ours, "slave_repl_offset") == offset(first, "master_repl_offset") > 50000,
              "our offset to be the primary's")
        self.assertIn("master_link_status:up", ours("INFO", "replication"))
        self.assertEqual(ours("ROLE")[:1] + ours("ROLE")[3:4], ["slave", "connected"])
        acknowledged = rf"port={ours.port},state=online,offset=(\d+),lag=[01]"
        until(lambda: re.search(acknowledged, first("INFO", "replication")), "our acknowledgements")
        self.assertEqual(first("WAIT", 2, 5000), 2)
        first.kill()
        until(lambda: "master" in other.nodes()[other.id]["flags"], "the replica with data to win")
        self.assertNotIn("Asking for votes", ours.log())
        until(lambda: ours.nodes()[ours.id]["primary"] == other.id, "us to follow the winner")
        until(lambda: "master_link_status:up" in ours("INFO", "replication"), "the link to the winner")

    def test_what_we_were_told_gives_the_same_in_the_simulators_program(self):
        logs = [os.path.join(self._directory.name, f"inputs{i}") for i in range(2)]
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours(gossamer_record_inputs=logs[0])]
        replica = self.fleet.ours(gossamer_record_inputs=logs[1], gossamer_failover_without_data="yes")
        self.fleet.form(voters, [replica])
        replica("CLUSTER", "REPLICATE", voters[0].id)
        until(lambda: "master_link_status:up" in replica("INFO", "replication"), "our replica to be in step")
        voters[2]("CONFIG", "SET", "cluster-node-timeout", 1500)
        voters[0].kill()
        until(lambda: "master" in replica.nodes()[replica.id]["flags"], "our replica to win")
        for server, log in ((voters[2], logs[0]), (replica, logs[1])):
            name = server.id
            server.kill()
            done = subprocess.run([SIMULATOR, "replay-node", log, "--events"], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertRegex(done.stdout, r"the same: \d+ inputs, \d\d+ of them messages")
            self.assertIn(name, done.stdout)
            self.assertIn("event fail-set", done.stdout)
            with open(log, "rb") as whole:
                data = whole.read()
            with open(log, "wb") as changed:
                changed.write(without_a_message(data))
            done = subprocess.run([SIMULATOR, "replay-node", log], stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 4, done.stdout)
            self.assertRegex(done.stdout, r"different from input \d+ on \(")
            with open(log, "wb") as cut:
                cut.write(data[:len(data) // 2])
            done = subprocess.run([SIMULATOR, "replay-node", log], stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 0)
            self.assertIn("breaks off", done.stdout)

    def test_a_paused_owner_of_ours_is_failed_and_cleared(self):
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        self.fleet.form(voters)
        ours = voters[2].id
        voters[2].pause()
        until(lambda: all("fail" in v.nodes()[ours]["flags"] for v in voters[:2]), "FAIL about our paused node")
        voters[2].resume()
        until(lambda: agree(voters), "FAIL to be cleared")
        until(lambda: all(v.info()["cluster_state"] == "ok" for v in voters), "cluster_state:ok")

    def test_clients_are_sent_where_the_slot_is(self):
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        self.fleet.form(voters)
        where = {}
        for i in range(200):
            key = f"key:{i}"
            try:
                voters[2]("SET", key, i)
            except servers.Reply as error:
                where[key] = str(error)
        moved = {key: text for key, text in where.items() if text.startswith("MOVED ")}
        self.assertGreater(len(moved), 50)
        self.assertTrue(all("not served by this build" in t for k, t in where.items() if k not in moved))
        for key, text in moved.items():
            slot, place = text.split()[1:]
            self.assertEqual(int(slot), voters[0]("CLUSTER", "KEYSLOT", key))
            owner = next(v for v in voters if place == f"127.0.0.1:{v.port}")
            self.assertEqual(owner("SET", key, "x"), "OK")
        out = self.redis_cli("-c", "-p", voters[2].port, "GET", next(iter(moved)))
        self.assertIn("x", out)
        with self.assertRaisesRegex(servers.Reply, "CROSSSLOT"):
            voters[2]("MGET", "a", "b")

    def test_six_of_our_own_by_redis_cli(self):
        six = [self.fleet.ours(gossamer_failover_without_data="yes") for _ in range(6)]
        places = [f"127.0.0.1:{s.port}" for s in six]
        out = self.redis_cli("--cluster", "create", *places, "--cluster-replicas", 1, "--cluster-yes")
        self.assertIn("[OK] All 16384 slots covered", out)
        until(lambda: agree(six), "all six to agree")
        self.assertIn("[OK] All 16384 slots covered", self.redis_cli("--cluster", "check", places[0]))
        victim = next(s for s in six if s.nodes()[s.id]["slots"])
        dead, slots = victim.id, victim.nodes()[victim.id]["slots"]
        rest = [s for s in six if s is not victim]
        victim.kill()
        until(lambda: all(any(v["slots"] == slots and n != dead for n, v in s.nodes().items()) for s in rest),
              "the slots at another node")
        self.assertEqual(len(set(re.findall("Election won", "".join(s.log() for s in rest)))), 1)
        victim.start()
        until(lambda: agree(six), "the killed node to come back as a replica")
        self.assertNotEqual(victim.nodes()[dead]["primary"], "-")

    def test_garbage_costs_us_a_link_and_nothing_else(self):
        primaries = [self.fleet.redis(), self.fleet.redis()]
        ours = self.fleet.ours()
        self.fleet.form(primaries, [ours])
        noise = os.urandom(1 << 20)
        for start in (b"", b"RCmb\xff\xff\xff\xff", b"RCmb\x00\x00\x08\xd0\x00\x01\x00\x00\x00\x00"):
            with servers.socket.create_connection(("127.0.0.1", ours.port + 10000), timeout=20) as peer:
                try:
                    peer.sendall(start + noise)
                except OSError:
                    pass
        with servers.socket.create_connection(("127.0.0.1", ours.port), timeout=20) as peer:
            peer.sendall(b"*1\r\n$-5\r\n")
            self.assertEqual(peer.recv(100), b"-ERR Protocol error: invalid bulk length\r\n")
            self.assertEqual(peer.recv(100), b"")
        time.sleep(2)
        self.assertTrue(agree([*primaries, ours]))

    def test_two_servers_do_not_share_one_file(self):
        ours = self.fleet.ours()
        other = subprocess.run([PROGRAM, "--port", str(servers.free_ports(1)[0]), "--dir", ours.directory],
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, check=False)
        self.assertEqual(other.returncode, 5)
        self.assertIn("in use by another server", other.stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    SIMULATOR = os.path.abspath(sys.argv.pop(1))
    if shutil.which("redis-server") is None or shutil.which("redis-cli") is None:
        sys.exit("interop_test.py: no redis-server; apt-get install -y redis-server redis-tools")
    unittest.main(verbosity=2)
