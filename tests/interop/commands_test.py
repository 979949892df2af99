#!/usr/bin/env python3
"""One command to a gossamer-server and to a redis-server: what each answers to what is wrong.

usage: commands_test.py <gossamer-server> <gossamer-sim> [unittest arguments]

Errors must be the same to the letter, other replies of one type; where they are not, DIFFERENT says why. Ours follows Valkey
where Redis 7.0 is older: rows of that kind name the release.
"""

import re

import case
from servers import Reply, until, until_agree

UNKNOWN = "f" * 40

# Blank nodes, in this order: some rows leave a slot behind.
ALIKE = """
CLUSTER
CLUSTER NOSUCH
CLUSTER NOSUCH x y
CLUSTER MEET
CLUSTER MEET 127.0.0.1
CLUSTER MEET x 7000
CLUSTER MEET 127.0.0.1 7000 17000 x
CLUSTER SETSLOT
CLUSTER SETSLOT 1
CLUSTER SETSLOT 1 STABLE
CLUSTER SETSLOT x STABLE
CLUSTER SETSLOT 16384 STABLE
CLUSTER SETSLOT -1 STABLE
CLUSTER SETSLOT 1 NODE
CLUSTER SETSLOT 1 NODE UNKNOWN
CLUSTER SETSLOT 1 MIGRATING
CLUSTER SETSLOT 1 MIGRATING UNKNOWN
CLUSTER SETSLOT 1 IMPORTING
CLUSTER SETSLOT 1 IMPORTING UNKNOWN
CLUSTER SETSLOT 1 NOSUCH
CLUSTER SETSLOT 1 NOSUCH x
CLUSTER SET-CONFIG-EPOCH
CLUSTER SET-CONFIG-EPOCH x
CLUSTER SET-CONFIG-EPOCH -1
CLUSTER SET-CONFIG-EPOCH 1 x
CLUSTER COUNT-FAILURE-REPORTS
CLUSTER COUNT-FAILURE-REPORTS UNKNOWN
CLUSTER COUNT-FAILURE-REPORTS x
CLUSTER COUNT-FAILURE-REPORTS UNKNOWN x
CLUSTER COUNT-FAILURE-REPORTS ME
CLUSTER FORGET
CLUSTER FORGET ME
CLUSTER FORGET UNKNOWN
CLUSTER FORGET x
CLUSTER FORGET UNKNOWN x
CLUSTER REPLICATE
CLUSTER REPLICATE ME
CLUSTER REPLICATE UNKNOWN
CLUSTER REPLICATE x
CLUSTER REPLICAS
CLUSTER REPLICAS UNKNOWN
CLUSTER REPLICAS UNKNOWN x
CLUSTER REPLICAS ME
CLUSTER SLAVES
CLUSTER SLAVES UNKNOWN
CLUSTER ADDSLOTS
CLUSTER ADDSLOTS x
CLUSTER ADDSLOTS -1
CLUSTER ADDSLOTS 16384
CLUSTER ADDSLOTS 1 1
CLUSTER ADDSLOTS 5
CLUSTER ADDSLOTS 5
CLUSTER ADDSLOTS 6 5
CLUSTER ADDSLOTSRANGE
CLUSTER ADDSLOTSRANGE 1
CLUSTER ADDSLOTSRANGE 1 2 3
CLUSTER ADDSLOTSRANGE 2 1
CLUSTER ADDSLOTSRANGE 1 2 2 3
CLUSTER ADDSLOTSRANGE 1 x
CLUSTER ADDSLOTSRANGE 1 16384
CLUSTER ADDSLOTSRANGE 4 6
CLUSTER SETSLOT 5 IMPORTING ME
CLUSTER SETSLOT 6 MIGRATING ME
CLUSTER DELSLOTS
CLUSTER DELSLOTS x
CLUSTER DELSLOTS 16384
CLUSTER DELSLOTS 7
CLUSTER DELSLOTS 5 5
CLUSTER DELSLOTSRANGE
CLUSTER DELSLOTSRANGE 1
CLUSTER DELSLOTSRANGE 1 2 3
CLUSTER DELSLOTSRANGE 2 1
CLUSTER DELSLOTSRANGE 5 6
CLUSTER DELSLOTSRANGE 5 5 5 5
CLUSTER DELSLOTS 5
CLUSTER FAILOVER
CLUSTER FAILOVER FORCE
CLUSTER FAILOVER TAKEOVER
CLUSTER FAILOVER x
CLUSTER FAILOVER FORCE x
CLUSTER RESET x
CLUSTER RESET HARD x
CLUSTER RESET SOFT SOFT
CLUSTER GETKEYSINSLOT
CLUSTER GETKEYSINSLOT 1
CLUSTER GETKEYSINSLOT 1 x
CLUSTER GETKEYSINSLOT x 1
CLUSTER GETKEYSINSLOT 1 -1
CLUSTER GETKEYSINSLOT -1 1
CLUSTER GETKEYSINSLOT 16384 1
CLUSTER GETKEYSINSLOT 1 1
CLUSTER GETKEYSINSLOT 1 1 x
CLUSTER COUNTKEYSINSLOT
CLUSTER COUNTKEYSINSLOT x
CLUSTER COUNTKEYSINSLOT -1
CLUSTER COUNTKEYSINSLOT 16384
CLUSTER COUNTKEYSINSLOT 1 x
CLUSTER COUNTKEYSINSLOT 1
CLUSTER KEYSLOT
CLUSTER KEYSLOT a b
CLUSTER KEYSLOT a
CLUSTER LINKS x
CLUSTER SLOTS x
CLUSTER SHARDS x
CLUSTER NODES x
CLUSTER INFO x
CLUSTER MYID x
CLUSTER BUMPEPOCH x
CLUSTER FLUSHSLOTS x
CLUSTER SAVECONFIG x
CLUSTER HELP x
CLUSTER HELP
CLIENT
CLIENT NOSUCH
CLIENT HELP
CLIENT HELP x
CLIENT ID x
CLIENT SETNAME
CLIENT SETNAME a b
CLIENT GETNAME x
CLIENT INFO x
CLIENT KILL
CLIENT KILL NOSUCH x
CLIENT KILL ID x
CLIENT KILL ID 0
CLIENT KILL TYPE x
CLIENT KILL USER x
CLIENT KILL 1.2.3.4:5
CLIENT LIST x
CLIENT LIST TYPE
CLIENT LIST TYPE x
CLIENT LIST ID
CLIENT LIST ID x
CLIENT LIST ID 1 x
CLIENT REPLY
CLIENT REPLY x
CLIENT REPLY ON x
CLIENT NO-EVICT
CLIENT NO-EVICT x
CLIENT TRACKING
CLIENT TRACKING x
CLIENT TRACKINGINFO x
CLIENT GETREDIR x
CLIENT UNBLOCK
CLIENT UNBLOCK x
CLIENT UNBLOCK 1 x
CLIENT UNBLOCK 1 ERROR x
CLIENT UNBLOCK 1 ERROR
CLIENT UNPAUSE x
CLIENT PAUSE
CLIENT CACHING
COMMAND NOSUCH
COMMAND HELP
COMMAND HELP x
COMMAND COUNT x
COMMAND GETKEYS
COMMAND GETKEYS GET a
COMMAND GETKEYS GET a b
COMMAND GETKEYS MSET a
COMMAND GETKEYS MSET a 1 b
COMMAND GETKEYS PING x
COMMAND GETKEYS NOSUCH x
COMMAND GETKEYS EVAL s x
COMMAND GETKEYS EVAL s 0
COMMAND GETKEYSANDFLAGS
COMMAND LIST x
COMMAND LIST FILTERBY
COMMAND LIST FILTERBY x y
COMMAND LIST FILTERBY MODULE y
COMMAND LIST FILTERBY ACLCAT y
COMMAND LIST FILTERBY PATTERN xx*
CONFIG
CONFIG NOSUCH
CONFIG HELP
CONFIG HELP x
CONFIG GET
CONFIG SET
CONFIG SET port
CONFIG SET port 1 bind
CONFIG SET nosuch 1
CONFIG SET daemonize yes
CONFIG SET databases 3
CONFIG SET tcp-backlog 1
CONFIG SET cluster-enabled no
CONFIG SET cluster-config-file x
CONFIG SET cluster-port 1
CONFIG SET logfile x
CONFIG SET enable-debug-command yes
CONFIG SET timeout -1
CONFIG SET maxclients 0
CONFIG SET timeout 0 timeout 1
CONFIG REWRITE
CONFIG REWRITE x
CONFIG RESETSTAT x
DEBUG
DEBUG NOSUCH
DEBUG HELP
DEBUG HELP x
DEBUG SLEEP
DEBUG SLEEP 0
DEBUG LOG
DEBUG LOG a b
PING a b
ECHO
ECHO a b
AUTH
AUTH a
AUTH a b
AUTH a b c
HELLO x
HELLO 4
HELLO 3 NOSUCH
SELECT x
SELECT 1
SELECT 99
ROLE x
READONLY x
READWRITE x
ASKING x
TIME x
NOSUCH
NOSUCH a b
INFO x
SLOWLOG
SLOWLOG NOSUCH
SLOWLOG HELP
SLOWLOG LEN x
LATENCY
LATENCY NOSUCH
LATENCY HELP
LATENCY LATEST x
LATENCY HISTORY
LATENCY HISTORY x
MEMORY
MEMORY NOSUCH
MEMORY HELP
MEMORY PURGE x
FUNCTION
FUNCTION NOSUCH
FUNCTION HELP
FUNCTION LOAD
REPLICAOF NO ONE
REPLICAOF x
FAILOVER
SHUTDOWN x
SHUTDOWN SAVE NOSAVE
SHUTDOWN ABORT
SHUTDOWN ABORT NOW
WAIT 1
WAIT x 1
WAIT 1 x
WAIT 1 -1
FLUSHALL x
FLUSHALL SYNC x
SCAN x
LASTSAVE x
MULTI x
EXEC
DISCARD
"""

NEWER = "in Redis 7.2 and Valkey"
EXPECTED = "names what was expected"
DATA = "needs a keyspace"

# (command, what ours answers, why it is not what Redis 7.0 answers).
DIFFERENT = [
    ("CLUSTER MEET 127.0.0.1 x", "ERR Invalid base port specified: x", "Valkey 8.0"),
    ("CLUSTER MEET 127.0.0.1 99999999999999999999", "ERR Invalid base port specified: 99999999999999999999", "Valkey 8.0"),
    ("CLUSTER MEET 127.0.0.1 7000 x", "ERR Invalid bus port specified: x", "Valkey 8.0"),
    ("CLUSTER MEET 127.0.0.1 0", "ERR Port number is out of range", "Valkey 8.1"),
    ("CLUSTER MEET 127.0.0.1 -1", "ERR Port number is out of range", "Valkey 8.1"),
    ("CLUSTER MEET 127.0.0.1 65536", "ERR Port number is out of range", "Valkey 8.1"),
    ("CLUSTER MEET 127.0.0.1 60000", "ERR Cluster bus port number is out of range", "Valkey 8.1"),
    ("CLUSTER MEET 127.0.0.1 7000 0", "ERR Cluster bus port number is out of range", "Valkey 8.1"),
    ("CLUSTER MEET 127.0.0.1 7000 65536", "ERR Cluster bus port number is out of range", "Valkey 8.1"),
    ("CLUSTER SETSLOT 1 STABLE x", "ERR syntax error", "Valkey 8.0 reads [TIMEOUT ms] there"),
    ("CLUSTER SETSLOT 1 STABLE TIMEOUT", "ERR Missing timeout value", "Valkey 8.0 reads [TIMEOUT ms] there"),
    ("CLUSTER SETSLOT 1 NODE UNKNOWN x", "ERR Unknown node UNKNOWN", "Valkey 8.0 reads [TIMEOUT ms] there"),
    ("CLUSTER SETSLOT 1 IMPORTING ME", "ERR Target node is myself", "Valkey 9.1"),
    ("CLUSTER REPLICATE UNKNOWN x",
     "ERR unknown subcommand or wrong number of arguments for 'REPLICATE'. Try CLUSTER HELP.", "Valkey 9.0 has NO ONE"),
    ("CLUSTER REPLICATE NO ONE", "OK", "Valkey 9.0"),
    ("CLUSTER MYSHARDID x", "ERR wrong number of arguments for 'cluster|myshardid' command", NEWER),
    ("CLUSTER SLOT-STATS", "ERR wrong number of arguments for 'cluster|slot-stats' command", "Valkey 8.0"),
    ("CLUSTER FLUSHSLOT", "ERR wrong number of arguments for 'cluster|flushslot' command", "Valkey 9.0"),
    ("CLUSTER SYNCSLOTS", "ERR wrong number of arguments for 'cluster|syncslots' command", "Valkey 9.0"),
    ("CLUSTER MIGRATESLOTS", "ERR wrong number of arguments for 'cluster|migrateslots' command", "Valkey 9.0"),
    ("CLUSTER GETSLOTMIGRATIONS", "ERR CLUSTER getslotmigrations needs a data plane, which this build does not have", "Valkey 9.0"),
    ("CLIENT NO-TOUCH x", "ERR syntax error", NEWER),
    ("CLIENT SETINFO", "ERR wrong number of arguments for 'client|setinfo' command", NEWER),
    ("CLIENT SETINFO a b", "ERR Unrecognized option 'a'", NEWER),
    ("CLIENT PAUSE x", "ERR CLIENT PAUSE is not served by this build: it has no keyspace", DATA),
    ("COMMAND GETKEYS GET", "ERR Invalid number of arguments specified for command", NEWER + " a command alone will do"),
    ("COMMAND GETKEYSANDFLAGS GET", "ERR Invalid number of arguments specified for command", NEWER + " a command alone will do"),
    ("CONFIG SET port x", "ERR CONFIG SET failed (possibly related to argument 'port') - can't set immutable config",
     "ours listens once, where it began"),
    ("CONFIG SET dir /nosuch", "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set immutable config",
     "Redis: protected, unless enable-protected-configs; ours holds its nodes.conf open there"),
    ("CONFIG SET loglevel x", "ERR CONFIG SET failed (possibly related to argument 'loglevel') - argument(s) must be one of the "
     "following: debug, verbose, notice, warning, nothing", NEWER + " there is nothing"),
    ("CONFIG SET cluster-node-timeout x", "ERR CONFIG SET failed (possibly related to argument 'cluster-node-timeout') - "
     "cluster-node-timeout: 'x': not a whole number, expected 1 to 2147483647 milliseconds", EXPECTED),
    ("CONFIG SET cluster-node-timeout 0", "ERR CONFIG SET failed (possibly related to argument 'cluster-node-timeout') - "
     "cluster-node-timeout: '0': out of range, expected 1 to 2147483647 milliseconds", "with 0 everybody is suspected at once"),
    ("CONFIG SET cluster-require-full-coverage x", "ERR CONFIG SET failed (possibly related to argument "
     "'cluster-require-full-coverage') - cluster-require-full-coverage: 'x': expected yes or no", EXPECTED),
    ("CONFIG SET cluster-announce-port 65536", "ERR CONFIG SET failed (possibly related to argument 'cluster-announce-port') - "
     "cluster-announce-port: '65536': out of range, expected 0 to 65535", EXPECTED),
    ("CONFIG SET cluster-announce-hostname a_b", "ERR CONFIG SET failed (possibly related to argument "
     "'cluster-announce-hostname') - cluster-announce-hostname: 'a_b': a character that is not allowed there", EXPECTED),
    ("CONFIG SET cluster-preferred-endpoint-type x", "ERR CONFIG SET failed (possibly related to argument "
     "'cluster-preferred-endpoint-type') - cluster-preferred-endpoint-type: 'x': expected one of: ip hostname unknown-endpoint",
     EXPECTED),
    ("CONFIG SET cluster-link-sendbuf-limit x", "ERR CONFIG SET failed (possibly related to argument "
     "'cluster-link-sendbuf-limit') - cluster-link-sendbuf-limit: 'x': expected bytes, or a size such as 64mb", EXPECTED),
    ("LATENCY DOCTOR", "ERR latency|doctor is not served by this build", DATA),
    ("MEMORY STATS", "ERR memory|stats is not served by this build", DATA),
    ("FUNCTION STATS", "ERR function|stats is not served by this build", DATA),
]

# In a cluster: P1 and P2 are primaries with slots, R is a replica of P1.
ALIKE_IN_CLUSTER = """
R: CLUSTER SETSLOT 1 STABLE
R: CLUSTER FORGET P1
R: CLUSTER FORGET R
R: CLUSTER REPLICATE R
R: CLUSTER REPLICATE UNKNOWN
R: CLUSTER REPLICAS R
R: CLUSTER FAILOVER x
R: CLUSTER FAILOVER FORCE x
R: CLUSTER ADDSLOTS 1
R: CLUSTER SET-CONFIG-EPOCH 9
R: CLUSTER COUNTKEYSINSLOT 1
R: FLUSHALL
R: GET a
R: MGET a b
P1: CLUSTER REPLICATE P1
P1: CLUSTER REPLICATE P2
P1: CLUSTER REPLICAS R
P1: CLUSTER REPLICAS P2
P1: CLUSTER ADDSLOTS 16383
P1: CLUSTER ADDSLOTS 0
P1: CLUSTER SETSLOT 0 NODE R
P1: CLUSTER SETSLOT 0 MIGRATING R
P1: CLUSTER SETSLOT 16383 MIGRATING P2
P1: CLUSTER SETSLOT 0 IMPORTING P2
P1: CLUSTER SET-CONFIG-EPOCH 9
P1: CLUSTER COUNT-FAILURE-REPORTS P2
P1: CLUSTER FAILOVER
P1: GET a
P1: MGET a b
P1: WAIT x 1
P2: CLUSTER REPLICATE R
P2: CLUSTER SETSLOT 0 STABLE
"""

DIFFERENT_IN_CLUSTER = [
    ("R: WAIT 1 1", "ERR WAIT cannot be used with replica instances.", "Redis speaks of its release 4.0 as well"),
]

# What CONFIG SET may not change in ours and may in Redis, and why; and the other way round.
FIXED_HERE = {
    "bind": "listens once, where it began",
    "port": "listens once, where it began",
    "tls-cluster": "this build has no TLS",
}
FIXED_THERE = {
    "dbfilename": "Redis: protected, unless enable-protected-configs; ours writes no such file",
}

# Order of the lines of CLUSTER INFO. SOURCE: server spec 6.4.
HEAD = ["cluster_state", "cluster_slots_assigned", "cluster_slots_ok", "cluster_slots_pfail", "cluster_slots_fail"]
NODES_9 = ["cluster_nodes_pfail", "cluster_nodes_fail", "cluster_voting_nodes_pfail", "cluster_voting_nodes_fail"]
EPOCHS = ["cluster_known_nodes", "cluster_size", "cluster_current_epoch", "cluster_my_epoch"]
TYPES = ["ping", "pong", "meet", "fail", "publish", "auth-req", "auth-ack", "update", "mfstart", "module", "publishshard"]
BYTES_9 = [f"cluster_stats_{kind}bytes_{way}" for kind in ("", "pubsub_", "module_") for way in ("sent", "received")]


def ask(server, line, names):
    """What it answers, with names for what differs between two clusters."""
    try:
        reply = server(*(names.get(word, word) for word in line.split()))
    except Reply as error:
        text = str(error)
        for name, value in names.items():
            text = text.replace(value, name)
        return text
    if isinstance(reply, str):
        return reply if len(reply) < 20 else "a text"
    return "an array" if isinstance(reply, list) else type(reply).__name__


def lines(text):
    return [line for line in text.splitlines() if line]


def names_in(server):
    return [line.split(":")[0] for line in lines(server("CLUSTER", "INFO"))]


class CommandsTest(case.Case):
    def compare(self, ours, redis, alike, different, names):
        """`ours` and `redis`: by role. `names`: of either side, in that order."""
        for line in [*lines(alike), *(row[0] for row in different)]:
            role, _, command = line.rpartition(": ")
            replies = [ask(side[role], command, of) for side, of in zip((ours, redis), names)]
            wanted = {row[0]: row for row in different}.get(line)
            with self.subTest(line):
                if wanted is None:
                    self.assertEqual(*replies)
                else:
                    self.assertEqual(replies[0], wanted[1])
                    self.assertNotEqual(*replies, "no longer different: move it to those that are alike")

    def test_a_blank_node(self):
        ours = self.fleet.ours(enable_debug_command="yes")
        redis = self.fleet.redis(enable_debug_command="yes")
        names = [{"ME": server.id, "UNKNOWN": UNKNOWN} for server in (ours, redis)]
        self.compare({"": ours}, {"": redis}, ALIKE, DIFFERENT, names)

    def form(self, start):
        roles = {role: start() for role in ("P1", "P2", "R")}
        everybody = list(roles.values())
        self.fleet.form(everybody[:2], everybody[2:])
        # Not until it is in step: a primary of ours has no data to give.
        roles["R"]("CLUSTER", "REPLICATE", roles["P1"].id)
        until_agree(everybody, "all to know the replica")
        return roles

    def test_in_a_cluster(self):
        ours, redis = self.form(self.fleet.ours), self.form(self.fleet.redis)

        def named(side):
            return {**{role: server.id for role, server in side.items()}, "UNKNOWN": UNKNOWN,
                    **{f"PORT-{role}": str(server.port) for role, server in side.items()}}
        self.compare(ours, redis, ALIKE_IN_CLUSTER, DIFFERENT_IN_CLUSTER, [named(ours), named(redis)])

    def test_what_config_set_may_change(self):
        ours, redis = self.fleet.ours(), self.fleet.redis()

        def fixed(server):
            found = set()
            pairs = server("CONFIG", "GET", "*")
            for name, value in zip(pairs[::2], pairs[1::2]):
                try:
                    server("CONFIG", "SET", name, value)
                except Reply as error:
                    if re.search("immutable|protected", str(error)):
                        found.add(name)
            return set(pairs[::2]), found
        (our_names, our_fixed), (redis_names, redis_fixed) = fixed(ours), fixed(redis)
        both = our_names & redis_names
        self.assertGreater(len(both), 150)
        self.assertEqual((our_fixed - redis_fixed) & both, set(FIXED_HERE))
        self.assertEqual((redis_fixed - our_fixed) & both, set(FIXED_THERE))


class ClusterInfoTest(case.Case):
    def expected(self, middle=(), tail=(), types=TYPES):
        ways = [[*(f"cluster_stats_messages_{kind}_{way}" for kind in types), f"cluster_stats_messages_{way}"]
                for way in ("sent", "received")]
        return [*HEAD, *middle, *EPOCHS, *ways[0], *ways[1], *tail, "total_cluster_links_buffer_limit_exceeded"]

    def test_a_blank_nodes_lines_are_those_of_redis(self):
        redis = self.fleet.redis()
        older, newer = self.fleet.ours(gossamer_rules="valkey-8.0"), self.fleet.ours()
        # Redis counts its cluster only once it has run for two seconds.
        until(lambda: redis.info()["cluster_size"] == "0", "Redis to count")
        self.assertEqual(names_in(redis), self.expected(types=[]))
        self.assertEqual(older("CLUSTER", "INFO"), redis("CLUSTER", "INFO"))
        self.assertEqual(names_in(newer), self.expected(NODES_9, BYTES_9, types=[]))
        self.assertEqual({key: value for key, value in newer.info().items() if key in redis.info()}, redis.info())

    def test_what_all_sent_is_what_all_received(self):
        members = [self.fleet.ours(gossamer_rules="valkey-8.0"), self.fleet.redis(), self.fleet.redis()]
        replicas = [self.fleet.ours(gossamer_rules="valkey-8.0"), self.fleet.redis()]
        everybody = [*members, *replicas]
        self.fleet.form(members, replicas)
        for replica, primary in zip(replicas, members[1:]):
            self.fleet.attach(replica, primary, everybody)
        replicas[1]("CLUSTER", "FAILOVER")
        until(lambda: replicas[1].role == "master", "the failover")

        def sums(way):
            found = dict.fromkeys(TYPES, 0)
            for server in everybody:
                info = server.info()
                for kind in TYPES:
                    found[kind] += int(info.get(f"cluster_stats_messages_{kind}_{way}", 0))
            return found
        until(lambda: sums("sent") == sums("received"), lambda: f"counters to be equal: {sums('sent')} {sums('received')}")
        sent = sums("sent")
        for kind in ("ping", "pong", "meet", "auth-req", "auth-ack", "mfstart"):
            self.assertGreater(sent[kind], 0, kind)
        # Counters of nothing are left out, the others stand in one order, and the total is their sum.
        for server in everybody:
            names, info = names_in(server), server.info()
            self.assertEqual(names, [name for name in self.expected() if name in info])
            self.assertEqual(len(names), len(set(names)))
            for way in ("sent", "received"):
                counts = [int(info[name]) for name in names if re.fullmatch(f"cluster_stats_messages_.+_{way}", name)]
                self.assertNotIn(0, counts)
                self.assertEqual(sum(counts), int(info[f"cluster_stats_messages_{way}"]))
        # What does not depend on who is asked.
        for name in [*HEAD, "cluster_known_nodes", "cluster_size", "cluster_current_epoch"]:
            self.assertEqual({server.info()[name] for server in everybody}, {members[0].info()[name]}, name)
        # A replica shows its primary's epoch.
        self.assertEqual(replicas[0].info()["cluster_my_epoch"], members[1].info()["cluster_my_epoch"])


if __name__ == "__main__":
    case.main()
