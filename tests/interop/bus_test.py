#!/usr/bin/env python3
"""gossamer-server on the bus of real redis-server processes: who is a member, who has failed, who is elected.

usage: bus_test.py <gossamer-server> <gossamer-sim> [unittest arguments]
"""

import os
import socket
import subprocess
import time

import case
import servers
from servers import agree, until, until_agree


class BusTest(case.Case):
    def test_redis_meets_us_forgets_us_and_meets_us_again_after_a_reset(self):
        primaries = [self.fleet.redis() for _ in range(3)]
        self.fleet.form(primaries)
        ours = self.fleet.ours()
        primaries[1]("CLUSTER", "MEET", "127.0.0.1", ours.port)
        until_agree([*primaries, ours], "our node to be taken in")
        old_id = ours.id
        ours("CLUSTER", "RESET", "HARD")
        self.assertNotEqual(ours.id, old_id)
        for server in primaries:
            server("CLUSTER", "FORGET", old_id)
        self.assertTrue(agree(primaries))
        ours("CLUSTER", "MEET", "127.0.0.1", primaries[2].port)
        until_agree([*primaries, ours], "our node to be taken in under its new id")

    def test_we_forget_and_remember_across_a_restart_and_a_new_address(self):
        primaries = [self.fleet.redis() for _ in range(2)]
        ours = self.fleet.ours()
        self.fleet.form(primaries, [ours])
        my_id, before = ours.id, ours.nodes()
        self.assertEqual(ours.stop(), 0)
        ours.start()
        self.assertEqual(ours.id, my_id)
        self.assertEqual({n: v["slots"] for n, v in ours.nodes().items()}, {n: v["slots"] for n, v in before.items()})
        until_agree([*primaries, ours], "agreement after the restart")
        ours.kill()
        ours.start(port=servers.free_ports(1)[0])
        self.assertEqual(ours.id, my_id)
        until_agree([*primaries, ours], "agreement on the new address")

    def test_our_vote_makes_the_quorum_for_a_redis_replica(self):
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        replica = self.fleet.redis()
        self.fleet.form(voters, [replica])
        replica("CLUSTER", "REPLICATE", voters[0].id)
        until(lambda: "master_link_status:up" in replica("INFO", "replication"), "the replica to be in step")
        until_agree([*voters, replica], "all to know the replica")
        dead = voters[0].id
        voters[0].kill()
        until(lambda: "master" in replica.nodes()[replica.id]["flags"], "the replica to be promoted")
        # Three voters, one of them dead: without us there is no majority.
        self.assertRegex(voters[2].log(), "Vote granted to " + replica.id)
        self.assertRegex(voters[2].log(), f"(Marking node {dead} as failing|FAIL message about {dead})")
        until(lambda: voters[2].nodes()[replica.id]["slots"] == "0-5461", "us to see the slots at their heir")
        self.assertEqual(voters[2].nodes()[dead]["slots"], "")
        voters[0].start()
        until_agree([*voters, replica], "the dead primary to come back as a replica")
        self.assertEqual(voters[2].nodes()[dead]["primary"], replica.id)

    def test_a_paused_owner_of_ours_is_failed_and_cleared(self):
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        self.fleet.form(voters)
        ours = voters[2].id
        voters[2].pause()
        until(lambda: all("fail" in v.nodes()[ours]["flags"] for v in voters[:2]), "FAIL about our paused node")
        voters[2].resume()
        until_agree(voters, "FAIL to be cleared")
        until(lambda: all(v.info()["cluster_state"] == "ok" for v in voters), "cluster_state:ok")

    def test_host_names_are_learned_changed_and_dropped(self):
        theirs, ours = self.fleet.redis(cluster_announce_hostname="theirs.example.org"), self.fleet.ours()
        self.fleet.form([theirs, ours])
        self.assertEqual(ours.nodes()[theirs.id]["hostname"], "theirs.example.org")
        for server, other in ((ours, theirs), (theirs, ours)):
            for name in ("new.example.org", ""):
                self.assertEqual(server("CONFIG", "SET", "cluster-announce-hostname", name), "OK")
                until(lambda: other.nodes()[server.id]["hostname"] == name, f"the host name to become '{name}'")
        for server in (theirs, ours):
            with self.assertRaisesRegex(servers.Reply, "^ERR CONFIG SET failed"):
                server("CONFIG", "SET", "cluster-announce-hostname", "no such/name")

    def test_garbage_costs_us_a_link_and_nothing_else(self):
        primaries = [self.fleet.redis(), self.fleet.redis()]
        ours = self.fleet.ours()
        self.fleet.form(primaries, [ours])
        noise = os.urandom(1 << 20)
        for start in (b"", b"RCmb\xff\xff\xff\xff", b"RCmb\x00\x00\x08\xd0\x00\x01\x00\x00\x00\x00"):
            with socket.create_connection(("127.0.0.1", ours.port + 10000), timeout=20) as peer:
                try:
                    peer.sendall(start + noise)
                except OSError:
                    pass
        with socket.create_connection(("127.0.0.1", ours.port), timeout=20) as peer:
            peer.sendall(b"*1\r\n$-5\r\n")
            self.assertEqual(peer.recv(100), b"-ERR Protocol error: invalid bulk length\r\n")
            self.assertEqual(peer.recv(100), b"")
        time.sleep(2)
        self.assertTrue(agree([*primaries, ours]))

    def test_two_servers_do_not_share_one_file(self):
        ours = self.fleet.ours()
        other = subprocess.run([case.programs["server"], "--port", str(servers.free_ports(1)[0]), "--dir", ours.directory],
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, check=False)
        self.assertEqual(other.returncode, 5)
        self.assertIn("in use by another server", other.stderr)


if __name__ == "__main__":
    case.main()
