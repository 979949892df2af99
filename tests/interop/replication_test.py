#!/usr/bin/env python3
"""A gossamer-server as a replica of real primaries: what it counts, and what it does when they go.

usage: replication_test.py <gossamer-server> <gossamer-sim> [unittest arguments]
"""

import re

import case
from servers import until, until_agree

# What a full sync may add to the memory of a process that keeps nothing of it, in kB.
MOST_GROWTH_KB = 16 << 10


def peak_kb(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1])


def sync_counts(server):
    text = server("INFO", "stats")
    return {name: int(re.search(name + r":(\d+)", text)[1]) for name in ("sync_full", "sync_partial_ok")}


class ReplicationTest(case.Case):
    def cluster(self, **options):
        """Three primaries of Redis's; ours follows the first one, and so does another of Redis's if it is wanted."""
        primaries = [self.fleet.redis(enable_debug_command="yes", repl_diskless_sync_delay=0, **options) for _ in range(3)]
        ours, other = self.fleet.ours(), self.fleet.redis(repl_diskless_sync_delay=0)
        self.fleet.form(primaries, [ours, other])
        return primaries, ours, other

    def write(self, server, count=500):
        """Keys in slots that `server` has."""
        low, high = map(int, server.nodes()[server.id]["slots"].split()[0].split("-"))
        tag = next(f"{{{i}}}" for i in range(10000) if low <= server("CLUSTER", "KEYSLOT", f"{{{i}}}") <= high)
        for i in range(count):
            server("SET", f"{tag}{i}", "x" * 100)

    def until_in_step(self, ours, primary, least=0):
        def in_step():
            mine, its = ours.replication(), primary.replication()
            return (mine["role"] == "slave" and mine["master_link_status"] == "up" and
                    int(mine["master_port"]) == primary.port and
                    int(mine["slave_repl_offset"]) == int(its["master_repl_offset"]) >= least)

        until(in_step, lambda: f"our offset to be the primary's\n{ours.replication()}\n{primary.replication()}")

    def test_we_follow_and_leave_elections_to_others(self):
        # A PING of the old primary between both links' ends would leave one replica ahead of the new primary.
        primaries, ours, other = self.cluster(repl_ping_replica_period="3600")
        first = primaries[0]
        for replica in (ours, other):
            replica("CLUSTER", "REPLICATE", first.id)
        until(lambda: first("INFO", "replication").count("state=online") == 2, "two replicas online")
        self.write(first)
        self.until_in_step(ours, first, 50000)
        self.assertEqual(ours("ROLE")[:1] + ours("ROLE")[3:4], ["slave", "connected"])
        acknowledged = rf"port={ours.port},state=online,offset=(\d+),lag=[01]"
        until(lambda: re.search(acknowledged, first("INFO", "replication")), "our acknowledgements")
        self.assertEqual(first("WAIT", 2, 5000), 2)
        first.kill()
        until(lambda: other.role == "master", "the replica with data to win")
        self.assertNotIn("Asking for votes", ours.log())
        until(lambda: ours.nodes()[ours.id]["primary"] == other.id, "us to follow the winner")
        self.until_in_step(ours, other)
        first.start()
        until_agree([*primaries, ours, other], "the old primary to come back as a replica")

    def test_a_cut_link_goes_on_where_it_was(self):
        primaries, ours, _ = self.cluster()
        first = primaries[0]
        ours("CLUSTER", "REPLICATE", first.id)
        self.write(first)
        self.until_in_step(ours, first, 50000)
        before = sync_counts(first)
        for round_ in range(3):
            self.assertEqual(first("CLIENT", "KILL", "TYPE", "slave"), 1)
            self.write(first, 100)
            self.until_in_step(ours, first)
            after = sync_counts(first)
            self.assertEqual(after["sync_full"], before["sync_full"])
            self.assertEqual(after["sync_partial_ok"], before["sync_partial_ok"] + round_ + 1)

    def test_a_primary_that_restarts_is_followed_in_its_new_history(self):
        primaries, ours, other = self.cluster()
        first = primaries[0]
        ours("CLUSTER", "REPLICATE", first.id)
        self.write(first)
        self.until_in_step(ours, first, 50000)
        first.stop()
        until(lambda: ours.replication()["master_link_status"] == "down", "us to notice")
        first.start()
        self.until_in_step(ours, first)
        self.assertEqual(sync_counts(first)["sync_full"], 1)
        until(lambda: first.info()["cluster_state"] == "ok", "the restarted primary to serve")
        self.write(first)
        self.until_in_step(ours, first, 50000)
        until_agree([*primaries, ours, other], "the cluster to be as before")

    def test_a_failover_among_others_costs_no_full_sync(self):
        primaries, ours, other = self.cluster()
        first = primaries[0]
        for replica in (ours, other):
            replica("CLUSTER", "REPLICATE", first.id)
        until(lambda: first("INFO", "replication").count("state=online") == 2, "two replicas online")
        self.write(first)
        self.until_in_step(ours, first, 50000)
        self.assertEqual(other("CLUSTER", "FAILOVER"), "OK")
        until(lambda: other.role == "master" and first.role == "slave", "the failover")
        self.until_in_step(ours, other, 50000)
        self.assertEqual(sync_counts(other)["sync_full"], 0)
        self.write(other)
        self.until_in_step(ours, other, 100000)
        until_agree([*primaries, ours, other], "all to know the new primary")
        self.assertEqual(ours.nodes()[ours.id]["primary"], other.id)

    def test_a_large_payload_takes_no_memory(self):
        for diskless in ("yes", "no"):
            with self.subTest(diskless=diskless):
                primaries, ours, _ = self.cluster(rdbcompression="no", repl_diskless_sync=diskless)
                first = primaries[0]
                first("DEBUG", "POPULATE", 200, "key", 1 << 20)
                before = peak_kb(ours)
                ours("CLUSTER", "REPLICATE", first.id)
                self.until_in_step(ours, first)
                self.assertEqual(sync_counts(first)["sync_full"], 1)
                sent = int(re.search(r"total_net_repl_output_bytes:(\d+)", first("INFO", "stats"))[1])
                self.assertGreater(sent, 200 << 20)
                self.assertLess(peak_kb(ours) - before, MOST_GROWTH_KB)
                self.fleet.close()


if __name__ == "__main__":
    case.main()
