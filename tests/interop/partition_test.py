#!/usr/bin/env python3
"""A mixed cluster of hosts whose network is parted and heals.

usage: partition_test.py <gossamer-server> <gossamer-sim> [unittest arguments]. Skipped where network namespaces are not
permitted.
"""

import case
import network
import servers
from servers import owners, until, until_agree


class PartitionTest(case.Case):
    def setUp(self):
        super().setUp()
        self.network = network.Network(6)

    def tearDown(self):
        super().tearDown()
        self.network.close()

    def cluster(self):
        """Three primaries, the last one ours, and a replica for each of its own kind; a host each."""
        def kind(i):
            if i % 3 == 2:
                return self.fleet.ours(host=self.network.hosts[i], gossamer_failover_without_data="yes")
            return self.fleet.redis(host=self.network.hosts[i])

        six = [kind(i) for i in range(6)]
        self.fleet.form(six[:3], six[3:])
        for i in range(2):
            self.fleet.attach(six[i + 3], six[i], six)
        six[5]("CLUSTER", "REPLICATE", six[2].id)
        until_agree(six, "all to know the replicas")
        return six

    def part(self, *sides):
        self.network.part(*([server.host for server in side] for side in sides))

    def until_ok(self, servers_):
        until(lambda: all(s.info()["cluster_state"] == "ok" for s in servers_), "cluster_state:ok")

    def until_down(self, servers_):
        until(lambda: all(s.info()["cluster_state"] == "fail" for s in servers_), "the minority to stop serving")
        for server in servers_:
            with self.assertRaisesRegex(servers.Reply, "^CLUSTERDOWN The cluster is down"):
                server("GET", "key")

    def check_one_owner_each(self, six):
        first = owners(six[0])
        self.assertEqual(len(first), 16384)
        for server in six[1:]:
            self.assertEqual(owners(server), first)

    def test_our_primary_alone_stops_and_steps_down(self):
        six = self.cluster()
        alone, heir = six[2], six[5]
        rest = [server for server in six if server is not alone]
        self.part([alone], rest)
        self.until_down([alone])
        until(lambda: heir.role == "master", "the majority to elect")
        self.until_ok(rest)
        # Nobody told it: it is a primary in its own eyes, and serves nothing.
        self.assertEqual(alone.role, "master")
        self.network.heal()
        until_agree(six, "agreement after the heal")
        self.assertEqual(alone.role, "slave")
        self.assertEqual(six[0].nodes()[alone.id]["primary"], heir.id)
        self.until_ok(six)
        self.check_one_owner_each(six)

    def test_replicas_without_a_majority_of_primaries_elect_nobody(self):
        six = self.cluster()
        self.part(six[1:3], [six[0], *six[3:]])
        self.until_down([six[0]])
        # These two are a quorum and call the third one failed; its replica is not here to be elected.
        until(lambda: all("fail" in s.nodes()[six[0].id]["flags"] for s in six[1:3]), "FAIL about the one alone")
        self.until_down(six[1:3])
        self.assertEqual([server.role for server in six], ["master"] * 3 + ["slave"] * 3)
        self.network.heal()
        until_agree(six, "agreement after the heal", 90)
        self.until_ok(six)
        self.check_one_owner_each(six)

    def test_a_majority_of_both_kinds_replaces_a_redis_primary(self):
        six = self.cluster()
        minority, majority = [six[0], six[4]], [six[1], six[2], six[3], six[5]]
        self.part(minority, majority)
        self.until_down(minority)
        until(lambda: six[3].role == "master", "the replica of Redis's to be elected with our vote")
        self.until_ok(majority)
        self.assertRegex(six[2].log(), "Vote granted to " + six[3].id)
        self.network.heal()
        until_agree(six, "agreement after the heal")
        self.assertEqual(six[0].role, "slave")
        self.until_ok(six)
        self.check_one_owner_each(six)

    def test_a_pulled_cable(self):
        """No resets, no refusals: silence, as of a host that lost its power."""
        six = self.cluster()
        for server in (six[5], six[2]):
            others = [s for s in six if s is not server]
            self.network.pull(server.host)
            until(lambda: all("fail" in s.nodes()[server.id]["flags"] for s in others), "FAIL about the silent host")
            self.until_ok(others)
            self.network.heal()
            until_agree(six, "agreement after the cable is back")
        self.until_ok(six)
        self.check_one_owner_each(six)


if __name__ == "__main__":
    network.enter()
    case.main()
