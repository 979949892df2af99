#!/usr/bin/env python3
"""What a gossamer-server among real servers was told, told again to the same core in gossamer-sim.

usage: replay_test.py <gossamer-server> <gossamer-sim> [unittest arguments]
"""

import os
import subprocess

import case
from servers import until


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


class ReplayTest(case.Case):
    def test_what_we_were_told_gives_the_same_in_the_simulators_program(self):
        logs = [os.path.join(self.directory, f"inputs{i}") for i in range(2)]
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
            done = subprocess.run([case.programs["simulator"], "replay-node", log, "--events"], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertRegex(done.stdout, r"the same: \d+ inputs, \d\d+ of them messages")
            self.assertIn(name, done.stdout)
            self.assertIn("event fail-set", done.stdout)
            with open(log, "rb") as whole:
                data = whole.read()
            with open(log, "wb") as changed:
                changed.write(without_a_message(data))
            done = subprocess.run([case.programs["simulator"], "replay-node", log], stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 4, done.stdout)
            self.assertRegex(done.stdout, r"different from input \d+ on \(")
            with open(log, "wb") as cut:
                cut.write(data[:len(data) // 2])
            done = subprocess.run([case.programs["simulator"], "replay-node", log], stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 0)
            self.assertIn("breaks off", done.stdout)


if __name__ == "__main__":
    case.main()
