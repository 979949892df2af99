#!/usr/bin/env python3
"""Slots of a gossamer-server beside those of redis-server primaries: given, moved, contested, lost.

usage: slots_test.py <gossamer-server> <gossamer-sim> [unittest arguments]
"""

import case
import servers
from servers import agree, owners, until, until_agree


class SlotsTest(case.Case):
    def mixed(self):
        """Two primaries of Redis's and one of ours, a third of the slots each."""
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        self.fleet.form(voters)
        return voters

    def test_slots_added_and_deleted_are_seen_by_all(self):
        theirs, ours = self.fleet.redis(), self.fleet.ours()
        self.fleet.form([theirs], [ours])
        theirs("CLUSTER", "DELSLOTS", 100, 101)
        # Nobody tells others that a slot has no owner any more; until they hear a claim they believe the old one.
        with self.assertRaisesRegex(servers.Reply, "ERR Slot 100 is already busy"):
            ours("CLUSTER", "ADDSLOTS", 100)
        ours("CLUSTER", "DELSLOTS", 100, 101)
        with self.assertRaisesRegex(servers.Reply, "ERR Slot 100 is already unassigned"):
            ours("CLUSTER", "DELSLOTS", 100)
        with self.assertRaisesRegex(servers.Reply, "ERR Slot 100 specified multiple times"):
            ours("CLUSTER", "ADDSLOTS", 100, 100)
        with self.assertRaisesRegex(servers.Reply, "ERR Invalid or out of range slot"):
            ours("CLUSTER", "ADDSLOTS", 16384)
        until(lambda: ours.info()["cluster_state"] == "fail", "us to miss two slots")
        ours("CLUSTER", "ADDSLOTS", 100, 101)
        until_agree([theirs, ours], "both to know the new owner")
        self.assertEqual(theirs.nodes()[ours.id]["slots"], "100-101")
        until(lambda: all(s.info()["cluster_state"] == "ok" for s in (theirs, ours)), "cluster_state:ok")

    def test_config_epochs_are_set_once_and_only_when_new(self):
        """What we refuse, Redis refuses with the same words."""
        theirs, ours = self.fleet.redis(), self.fleet.ours()
        for server in (theirs, ours):
            with self.assertRaisesRegex(servers.Reply, "ERR Invalid config epoch specified: -1"):
                server("CLUSTER", "SET-CONFIG-EPOCH", -1)
            self.assertEqual(server("CLUSTER", "SET-CONFIG-EPOCH", 7), "OK")
            with self.assertRaisesRegex(servers.Reply, "ERR Node config epoch is already non-zero"):
                server("CLUSTER", "SET-CONFIG-EPOCH", 8)
        theirs("CLUSTER", "MEET", "127.0.0.1", ours.port)
        # Both say 7: the smaller id takes the next epoch.
        smaller, greater = sorted((theirs, ours), key=lambda s: s.id)
        until_agree([theirs, ours], "both to meet")
        until(lambda: theirs.nodes()[smaller.id]["epoch"] == 8, "the collision to be resolved")
        until_agree([theirs, ours], "both to see the new epoch")
        self.assertEqual(ours.nodes()[greater.id]["epoch"], 7)
        for server in (theirs, ours):
            with self.assertRaisesRegex(servers.Reply, "ERR The user can assign a config epoch only when the node does "
                                                       "not know any other node."):
                server("CLUSTER", "SET-CONFIG-EPOCH", 9)
        self.assertEqual(smaller("CLUSTER", "BUMPEPOCH"), "STILL 8")
        self.assertEqual(greater("CLUSTER", "BUMPEPOCH"), "BUMPED 9")
        until_agree([theirs, ours], "both to see the bump")
        self.assertEqual(theirs.nodes()[greater.id]["epoch"], 9)

    def test_either_side_of_a_collision_gives_way(self):
        """Six in one epoch end in six epochs, whoever is whose."""
        six = [make() for _ in range(3) for make in (self.fleet.redis, self.fleet.ours)]
        for server in six:
            server("CLUSTER", "SET-CONFIG-EPOCH", 1)
        for server in six[1:]:
            six[0]("CLUSTER", "MEET", "127.0.0.1", server.port)

        def settled():
            return agree(six) and len({n["epoch"] for n in six[0].nodes().values()}) == 6

        until(settled, lambda: "\n".join(servers.differences(six)) or str(six[0].nodes()))
        greatest = max(six, key=lambda s: s.id)
        self.assertEqual(greatest.nodes()[greatest.id]["epoch"], 1)

    def test_a_slot_of_ours_goes_to_redis_and_back(self):
        voters = self.mixed()
        theirs, ours = voters[0], voters[2]
        slot = 16000
        key = next(f"k{i}" for i in range(100000) if theirs("CLUSTER", "KEYSLOT", f"k{i}") == slot)
        theirs("CLUSTER", "SETSLOT", slot, "IMPORTING", ours.id)
        ours("CLUSTER", "SETSLOT", slot, "MIGRATING", theirs.id)
        self.assertEqual(ours.nodes()[ours.id]["open"], f"[{slot}->-{theirs.id}]")
        with self.assertRaisesRegex(servers.Reply, f"^ASK {slot} 127.0.0.1:{theirs.port}$"):
            ours("GET", key)
        with self.assertRaisesRegex(servers.Reply, f"^MOVED {slot} 127.0.0.1:{ours.port}$"):
            theirs("GET", key)
        self.assertEqual(theirs("ASKING"), "OK")
        self.assertEqual(theirs("SET", key, "moving"), "OK")
        self.assertIn("moving", self.redis_cli("-c", "-p", ours.port, "GET", key))
        theirs("CLUSTER", "SETSLOT", slot, "NODE", theirs.id)
        # The new owner's epoch is the greatest, so its claim is enough.
        until_agree(voters, "the slot to be theirs everywhere")
        self.assertEqual(owners(voters[1])[slot], theirs.id)
        self.assertEqual(ours.nodes()[ours.id]["open"], "")
        with self.assertRaisesRegex(servers.Reply, f"^MOVED {slot} 127.0.0.1:{theirs.port}$"):
            ours("GET", key)
        self.assertEqual(theirs("DEL", key), 1)
        ours("CLUSTER", "SETSLOT", slot, "IMPORTING", theirs.id)
        theirs("CLUSTER", "SETSLOT", slot, "MIGRATING", ours.id)
        self.assertEqual(ours.nodes()[ours.id]["open"], f"[{slot}-<-{theirs.id}]")
        with self.assertRaisesRegex(servers.Reply, f"^ASK {slot} 127.0.0.1:{ours.port}$"):
            theirs("GET", key)
        ours("CLUSTER", "SETSLOT", slot, "NODE", ours.id)
        until_agree(voters, "the slot to be ours everywhere")
        self.assertEqual(owners(voters[1])[slot], ours.id)
        self.assertEqual(ours.nodes()[ours.id]["open"], "")
        # This release keeps its mark until it is told; 7.2 and we drop it with the slot.
        self.assertEqual(theirs.nodes()[theirs.id]["open"], f"[{slot}->-{ours.id}]")
        theirs("CLUSTER", "SETSLOT", slot, "NODE", ours.id)
        self.assertEqual(theirs.nodes()[theirs.id]["open"], "")

    def test_what_setslot_refuses(self):
        voters = self.mixed()
        theirs, ours = voters[0], voters[2]
        other = "0" * 40
        for words, error in ((("MIGRATING", other), f"ERR I don't know about node {other}"),
                             (("IMPORTING", other), f"ERR I don't know about node {other}"),
                             (("NODE", other), f"ERR Unknown node {other}")):
            slot = {"MIGRATING": (0, 16000), "IMPORTING": (16000, 0), "NODE": (0, 0)}[words[0]]
            for server, its in ((theirs, slot[0]), (ours, slot[1])):
                with self.assertRaises(servers.Reply) as caught:
                    server("CLUSTER", "SETSLOT", its, *words)
                self.assertEqual(str(caught.exception), error)
        for server, not_its, its in ((theirs, 16000, 0), (ours, 0, 16000)):
            with self.assertRaisesRegex(servers.Reply, f"ERR I'm not the owner of hash slot {not_its}"):
                server("CLUSTER", "SETSLOT", not_its, "MIGRATING", voters[1].id)
            with self.assertRaisesRegex(servers.Reply, f"ERR I'm already the owner of hash slot {its}"):
                server("CLUSTER", "SETSLOT", its, "IMPORTING", voters[1].id)

    def test_an_owner_of_ours_that_slept_hears_that_its_slots_have_gone(self):
        """Its first words are answered with an UPDATE: it gives the slots up without having met the winner."""
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        ours = voters[2]
        self.fleet.form(voters)
        slots = ours.nodes()[ours.id]["slots"]
        ours.pause()
        until(lambda: "fail" in voters[0].nodes()[ours.id]["flags"], "Redis to call our paused node failed")
        for slot in range(10923, 16384):
            voters[0]("CLUSTER", "SETSLOT", slot, "NODE", voters[0].id)
        self.assertEqual(voters[0]("CLUSTER", "BUMPEPOCH"), "BUMPED 4")
        until(lambda: slots == voters[1].nodes()[voters[0].id]["slots"].split()[-1], "the slots at their new owner")
        ours.resume()
        until_agree(voters, "our node to give its slots up", 90)
        self.assertEqual(set(owners(ours).values()), {voters[0].id, voters[1].id})
        # Who loses the last slot follows whoever has it now (cluster-allow-replica-migration).
        self.assertEqual(voters[1].nodes()[ours.id]["primary"], voters[0].id)

    def test_a_primary_of_ours_that_slept_becomes_its_heirs_replica(self):
        voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        heir = self.fleet.ours(gossamer_failover_without_data="yes")
        everybody = [*voters, heir]
        self.fleet.form(voters, [heir])
        heir("CLUSTER", "REPLICATE", voters[2].id)
        until_agree(everybody, "all to know the replica")
        sleeper, slots = voters[2], voters[2].nodes()[voters[2].id]["slots"]
        sleeper.pause()
        until(lambda: heir.role == "master", "the heir to win")
        self.assertEqual(heir.nodes()[heir.id]["slots"], slots)
        awake = [voters[0], voters[1], heir]
        until(lambda: all(s.nodes()[heir.id]["slots"] == slots for s in awake), "all to see the heir")
        sleeper.resume()
        until(lambda: sleeper.role == "slave", "the sleeper to step down")
        until_agree(everybody, "all to see who is whose")
        self.assertEqual(voters[0].nodes()[sleeper.id]["primary"], heir.id)
        self.assertRegex(sleeper.log(), "Now a replica of " + heir.id)

    def test_a_stale_owner_of_ours_starts_with_an_old_file(self):
        """Dead while its slots went to another: at its next start it claims them in an old epoch and gives way."""
        voters = self.mixed()
        ours = voters[2]
        ours.kill()
        until(lambda: "fail" in voters[0].nodes()[ours.id]["flags"], "Redis to call our dead node failed")
        self.assertIn(voters[1]("CLUSTER", "BUMPEPOCH").split()[0], ("BUMPED", "STILL"))
        for slot in range(10923, 11000):
            voters[1]("CLUSTER", "SETSLOT", slot, "NODE", voters[1].id)
        until(lambda: owners(voters[0])[10999] == voters[1].id, "the slots at their new owner")
        ours.start()
        until_agree(voters, "the stale owner to give way", 90)
        self.assertEqual(ours.nodes()[ours.id]["slots"], "11000-16383")
        until(lambda: all(v.info()["cluster_state"] == "ok" for v in voters), "cluster_state:ok")


if __name__ == "__main__":
    case.main()
