#!/usr/bin/env python3
"""Six gossamer-servers, three shards of two: made, looked at and mended by redis-cli, and disturbed one by one.

usage: six_test.py <gossamer-server> <gossamer-sim> [unittest arguments]
GOSSAMER_INTEROP_SEED: the order of the disturbances, 1 without it.
"""

import os
import random
import re

import case
from servers import differences, owners, until, until_agree

SEED = int(os.environ.get("GOSSAMER_INTEROP_SEED", "1"))


class SixTest(case.Case):
    def six(self):
        """A cluster of six, by redis-cli."""
        six = [self.fleet.ours(gossamer_failover_without_data="yes") for _ in range(6)]
        places = [f"127.0.0.1:{s.port}" for s in six]
        out = self.redis_cli("--cluster", "create", *places, "--cluster-replicas", 1, "--cluster-yes")
        self.assertIn("[OK] All 16384 slots covered", out)
        until_agree(six, "all six to agree")
        return six

    def check_ownership(self, servers):
        """Every slot has one owner, and all name the same one."""
        first = owners(servers[0])
        self.assertEqual(len(first), 16384)
        for server in servers[1:]:
            self.assertEqual(owners(server), first)

    def test_info_and_check_see_three_shards_of_two(self):
        six = self.six()
        place = f"127.0.0.1:{six[0].port}"
        out = self.redis_cli("--cluster", "info", place)
        self.assertEqual(len(re.findall(r"-> 0 keys \| \d{4} slots \| 1 slaves", out)), 3, out)
        out = self.redis_cli("--cluster", "check", place)
        self.assertIn("[OK] All nodes agree about slots configuration", out)
        self.assertIn("[OK] All 16384 slots covered", out)
        self.assertEqual(len(re.findall(r"M: \w{40} ", out)), 3, out)
        self.assertEqual(len(re.findall(r"S: \w{40} ", out)), 3, out)

    def test_fix_closes_an_open_slot(self):
        six = self.six()
        place = f"127.0.0.1:{six[0].port}"
        one, other = [s for s in six if s.role == "master"][:2]
        slot = next(iter(s for s, name in owners(one).items() if name == one.id))
        other("CLUSTER", "SETSLOT", slot, "IMPORTING", one.id)
        one("CLUSTER", "SETSLOT", slot, "MIGRATING", other.id)
        self.redis_cli("--cluster", "check", place, expected=1)
        out = self.redis_cli("--cluster", "fix", place, "--cluster-yes")
        self.assertIn("[OK] All 16384 slots covered", out)
        self.assertEqual(one.nodes()[one.id]["open"] + other.nodes()[other.id]["open"], "")
        until_agree(six, "all six to agree")
        self.check_ownership(six)

    def test_fix_covers_a_slot_that_nobody_has(self):
        six = self.six()
        place = f"127.0.0.1:{six[0].port}"
        owner = next(s for s in six if s.role == "master")
        slot = next(iter(s for s, name in owners(owner).items() if name == owner.id))
        for server in six:
            server("CLUSTER", "DELSLOTS", slot)
        out = self.redis_cli("--cluster", "check", place, expected=1)
        self.assertIn("Not all 16384 slots are covered by nodes", out)
        out = self.redis_cli("--cluster", "fix", place, input="yes\n")
        self.assertIn(f"Covering slot {slot} with", out)
        until_agree(six, "all six to agree")
        self.check_ownership(six)
        self.assertIn("[OK] All 16384 slots covered", self.redis_cli("--cluster", "check", place))

    def test_each_is_killed_paused_and_restarted_in_a_random_order(self):
        six = self.six()
        steps = [(kind, i) for kind in ("kill", "pause", "terminate") for i in range(6)]
        random.Random(SEED).shuffle(steps)
        for number, (kind, i) in enumerate(steps):
            with self.subTest(seed=SEED, step=number, kind=kind, node=i):
                self.disturb(six, kind, six[i])
        victories = sum(s.log().count("Election won") for s in six)
        demotions = sum(s.log().count("Now a replica of") for s in six)
        # At the begin three were made replicas; since then every winner has made one primary step down.
        self.assertEqual(demotions - 3, victories)

    def disturb(self, six, kind, victim):
        name = victim.id
        rest = [s for s in six if s is not victim]
        was_primary = victim.role == "master"
        {"kill": victim.kill, "pause": victim.pause, "terminate": victim.stop}[kind]()
        until(lambda: all("fail" in s.nodes()[name]["flags"] for s in rest), "all to call the victim failed")

        def covered():
            return all(s.info()["cluster_state"] == "ok" and not s.nodes()[name]["slots"] for s in rest)

        until(covered, lambda: f"its slots to be elsewhere\n{rest[0]('CLUSTER', 'NODES')}")
        self.check_ownership(rest)
        victim.resume() if kind == "pause" else victim.start()
        until_agree(six, f"all to agree after {kind}")
        self.assertEqual(victim.id, name)
        self.assertEqual(victim.role, "slave")
        until(lambda: all(s.info()["cluster_state"] == "ok" for s in six), "cluster_state:ok everywhere")
        self.check_ownership(six)
        self.assertEqual(sum(s.role == "master" for s in six), 3)
        if not was_primary:
            self.assertEqual(differences(six), [])


if __name__ == "__main__":
    case.main()
