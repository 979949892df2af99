#!/usr/bin/env python3
"""A gossamer-server in a cluster of three Redis primaries: minutes in which nobody suspects anybody.

usage: soak_test.py <gossamer-server> <gossamer-sim> [unittest arguments]
GOSSAMER_INTEROP_SOAK: for so many seconds, 300 without it.
"""

import os
import time

import case
from servers import differences, until_agree

SOAK = float(os.environ.get("GOSSAMER_INTEROP_SOAK", "300"))
SUSPICION = "possibly failing|as failing|FAIL message received|FAIL message about|No longer|given up"


class SoakTest(case.Case):
    def test_nobody_suspects_anybody_and_all_see_the_same(self):
        primaries = [self.fleet.redis(cluster_announce_hostname=f"redis-{i}.example.org") for i in range(3)]
        self.fleet.form(primaries)
        ours = self.fleet.ours(cluster_announce_hostname="ours.example.org")
        ours("CLUSTER", "MEET", "127.0.0.1", primaries[0].port)
        everybody = [*primaries, ours]
        until_agree(everybody, "our node and three of Redis's to agree")
        names = {s.id: f"redis-{i}.example.org" for i, s in enumerate(primaries)} | {ours.id: "ours.example.org"}
        for server in everybody:
            self.assertEqual({name: node["hostname"] for name, node in server.nodes().items()}, names)
            self.assertEqual(server.nodes()[ours.id]["address"], f"127.0.0.1:{ours.port}@{ours.port + 10000}")
            self.check_slots(server, names)
            self.check_shards(server, names)
        before = ours.info()
        end = time.monotonic() + SOAK
        while time.monotonic() < end:
            time.sleep(min(5, SOAK))
            self.assertEqual(differences(everybody), [])
        for server in everybody:
            self.assertNotRegex(server.log(), SUSPICION)
            self.assertEqual(server.info()["cluster_state"], "ok")
        after = ours.info()
        for name in ("cluster_stats_messages_ping_received", "cluster_stats_messages_pong_received"):
            # Everybody pings everybody at least once in a node timeout of one second.
            self.assertGreater(int(after[name]) - int(before.get(name, 0)), 3 * SOAK)

    def check_slots(self, server, names):
        """CLUSTER SLOTS: each owner with its host name among the metadata."""
        rows = server("CLUSTER", "SLOTS")
        self.assertEqual(sum(last - first + 1 for first, last, *_ in rows), 16384)
        for _, _, *nodes in rows:
            for ip, _, name, metadata in nodes:
                self.assertEqual((ip, metadata), ("127.0.0.1", ["hostname", names[name]]))

    def check_shards(self, server, names):
        """CLUSTER SHARDS: each node with its host name."""
        found = {}
        for shard in server("CLUSTER", "SHARDS"):
            fields = dict(zip(shard[::2], shard[1::2]))
            for node in fields["nodes"]:
                facts = dict(zip(node[::2], node[1::2]))
                found[facts["id"]] = facts["hostname"]
                self.assertEqual((facts["role"], facts["health"]), ("master", "online"))
        self.assertEqual(found, names)


if __name__ == "__main__":
    case.main()
