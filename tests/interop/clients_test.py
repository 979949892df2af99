#!/usr/bin/env python3
"""Clients find a mixed cluster through a gossamer-server and are sent on to where their keys are.

usage: clients_test.py <gossamer-server> <gossamer-sim> [unittest arguments]. Needs python3-redis, and npm with its registry
for ioredis, which ioredis/package-lock.json pins.
"""

import os
import shutil
import subprocess

import case
import servers
from servers import until_agree

KEYS = 200
# Where Debian's python3-redis is installed.
PYTHON = "/usr/bin/python3"


class ClientsTest(case.Case):
    def setUp(self):
        super().setUp()
        self.voters = [self.fleet.redis(), self.fleet.redis(), self.fleet.ours()]
        self.first, self.second, self.ours = self.voters
        self.fleet.form(self.voters)

    def test_our_answers_name_slot_and_owner(self):
        where = {}
        for i in range(KEYS):
            try:
                self.ours("SET", f"key:{i}", i)
            except servers.Reply as error:
                where[f"key:{i}"] = str(error)
        moved = {key: text for key, text in where.items() if text.startswith("MOVED ")}
        self.assertGreater(len(moved), 50)
        for key, text in moved.items():
            slot, place = text.split()[1:]
            self.assertEqual(int(slot), self.first("CLUSTER", "KEYSLOT", key))
            owner = next(v for v in self.voters if place == f"127.0.0.1:{v.port}")
            self.assertEqual(owner("SET", key, "x"), "OK")
        with self.assertRaisesRegex(servers.Reply, "CROSSSLOT"):
            self.ours("MGET", "a", "b")
        self.ours("READONLY")
        self.assertRaisesRegex(servers.Reply, "^MOVED ", self.ours, "GET", next(iter(moved)))
        self.ours("READWRITE")

    def disturb_slots(self):
        """Behind a client's back: of the keys in our slots, half are moved and half are about to be.

        Whoever believes what it knew before asks us, is answered with MOVED and with ASK, and must follow both.
        """
        slots = sorted({self.ours("CLUSTER", "KEYSLOT", f"key:{i}") for i in range(KEYS)})
        mine = [slot for slot in slots if slot >= 10923]
        self.gone, self.open = mine[::2], mine[1::2]
        # The epoch first: with an older one than ours our next message would take the slots back.
        self.assertEqual(self.first("CLUSTER", "BUMPEPOCH"), "BUMPED 4")
        for slot in self.gone:
            self.first("CLUSTER", "SETSLOT", slot, "NODE", self.first.id)
        for slot in self.open:
            self.second("CLUSTER", "SETSLOT", slot, "IMPORTING", self.ours.id)
            self.ours("CLUSTER", "SETSLOT", slot, "MIGRATING", self.second.id)
        until_agree(self.voters, "all to know whose the slots are")
        self.assertGreater(min(len(self.gone), len(self.open)), 20)

    def check_places(self):
        """Every key is where its slot is, or where it is going."""
        asked = 0
        for i in range(KEYS):
            slot = self.ours("CLUSTER", "KEYSLOT", f"key:{i}")
            if slot in self.open:
                self.second("ASKING")
                self.assertEqual(self.second("GET", f"key:{i}"), str(i))
                asked += 1
            else:
                owner = self.second if 5462 <= slot < 10923 else self.first
                self.assertEqual(owner("GET", f"key:{i}"), str(i))
        self.assertGreater(asked, 20)

    def converse(self, *words):
        """Runs a client that knows our port alone: it learns the cluster, slots move, it stores and reads."""
        said = os.path.join(self.directory, "stderr")
        with open(said, "w", encoding="utf-8") as errors, \
             subprocess.Popen([*words, str(self.ours.port), str(KEYS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=errors, text=True) as client:
            ready = client.stdout.readline()
            if ready == "ready 3\n":
                self.disturb_slots()
                client.stdin.write("go\n")
            else:
                client.kill()
            out, _ = client.communicate(timeout=60)
        with open(said, encoding="utf-8") as errors:
            self.assertEqual(ready + out, f"ready 3\ndone {KEYS} {KEYS}\n", errors.read()[-2000:])
        self.check_places()

    def test_python3_redis(self):
        done = subprocess.run([PYTHON, "-c", "import redis"], check=False, stderr=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, "no python3-redis: apt-get install -y python3-redis")
        self.converse(PYTHON, os.path.join(case.HERE, "clients/redis_py.py"))

    def test_ioredis(self):
        self.assertTrue(shutil.which("npm"), "no npm: apt-get install -y nodejs npm")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(case.HERE, "ioredis", name), self.directory)
        self.run_program("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=self.directory, timeout=180)
        script = shutil.copy(os.path.join(case.HERE, "clients/ioredis.cjs"), self.directory)
        self.converse("node", script)

    def test_redis_cli(self):
        self.disturb_slots()
        words = [f"SET key:{i} {i}" for i in range(KEYS)] + [f"GET key:{i}" for i in range(KEYS)]
        out = self.redis_cli("-c", "-p", self.ours.port, input="\n".join(words) + "\n")
        replies = [line for line in out.splitlines() if not line.startswith("->")]
        self.assertEqual(replies, ["OK"] * KEYS + [str(i) for i in range(KEYS)])
        self.check_places()


if __name__ == "__main__":
    case.main()
