#!/usr/bin/env python3
"""The Wireshark dissector and `run --pcap` against each other, and against messages of real servers.

What tshark reads out of captured messages is what an independent decoder read; what it reads out of a simulated run is
what the run's own report counts; hostile bytes make no error of the script.
usage: dissector_test.py <gossamer-sim>, from the root of the repository. Exits with 77 (skipped) without tshark.
"""

import collections
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

SCRIPT = "tools/wireshark/cluster_bus.lua"
GOLDEN = "tests/golden/data"
# Of the dissector's own, and what Wireshark says of scripts that fail and of packets that do not fit.
TROUBLE = "_ws.lua.error || _ws.malformed || clusterbus.bad_length || clusterbus.bad_version || clusterbus.bad_light"

# Every message type that a cluster without clients sends.
SCENARIO = """version: 1
name: capture
cluster: {shards: 3, replicas_per_shard: 1, start: meet, config: {cluster-node-timeout: 2s}}
duration: 60s
timeline:
  - {at: 20s, fault: kill, target: {shard: 0, role: primary}}
  - {at: 35s, action: restart, target: {killed: true}}
  - {at: 45s, action: failover, target: {shard: 1, role: replica}}
"""


class Failures(list):
    def expect(self, what, found, expected):
        if found != expected:
            self.append(f"{what}: {found!r:.400}, expected {expected!r:.400}")


def tshark(path, *arguments):
    command = ["tshark", "-X", f"lua_script:{SCRIPT}", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
    done = subprocess.run([*command, "-r", path, *arguments], capture_output=True, check=False)
    text = done.stderr.decode(errors="replace")
    if done.returncode != 0 or "Lua" in text:
        sys.exit(f"tshark {' '.join(arguments)}: exit code {done.returncode}\n{text}")
    return done.stdout.decode(errors="replace")


def frames(path, which):
    """How many frames a display filter passes."""
    return len(tshark(path, "-Y", which, "-T", "fields", "-e", "frame.number").split())


def values(path, fields, which="clusterbus"):
    """For each field its values in all messages, in order."""
    wanted = [word for name in fields for word in ("-e", name)]
    text = tshark(path, "-Y", which, "-T", "fields", "-E", "separator=|", "-E", "aggregator=;", *wanted)
    columns = {name: [] for name in fields}
    for line in text.splitlines():
        for name, cell in zip(fields, line.split("|")):
            columns[name] += [value for value in cell.split(";") if value]
    return columns


# ---- Captures of our own making ----


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(ports, sequence, payload):
    source, target = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
    segment = struct.pack("!HHIIBBHHH", *ports, sequence, 1, 0x50, 0x18, 65535, 0, 0) + payload
    pseudo = source + target + struct.pack("!BBH", 0, 6, len(segment))
    segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, 6, 0, source, target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + segment


def write_capture(path, streams, port, size):
    """A classic pcap file: each stream a connection to `port`, cut into segments of at most `size` bytes."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        for number, stream in enumerate(streams):
            for at in range(0, len(stream), size):
                data = packet((20000 + number, port), 1 + at, stream[at : at + size])
                file.write(struct.pack("<IIII", 1700000000 + number, at, len(data), len(data)) + data)


# ---- Messages of real servers ----


def golden(name):
    with open(f"{GOLDEN}/{name}/index.jsonl", encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    messages = []
    for entry in entries:
        with open(f"{GOLDEN}/{name}/{entry['file']}", "rb") as file:
            messages.append(file.read())
    return messages, [entry["decode"] for entry in entries]


def flat(decodes, key, inner=None):
    out = []
    for decode in decodes:
        if key not in decode:
            continue
        items = decode[key] if isinstance(decode[key], list) else [decode[key]]
        out += [str(item[inner] if inner else item) for item in items if inner is None or inner in item]
    return out


def slot_counts(decodes):
    counts = []
    for decode in decodes:
        for slots in (decode.get("myslots"), decode.get("update", {}).get("slots")):
            if slots is not None:
                counts.append(str(sum(last - first + 1 for first, last in slots)))
    return counts


def expected_fields(decodes):
    out = {
        "clusterbus.length": flat(decodes, "totlen"),
        "clusterbus.type": [str(decode["rawtype"] & 0x7FFF) for decode in decodes],
        "clusterbus.slot_count": slot_counts(decodes),
        "clusterbus.replicaof": [name for name in flat(decodes, "replicaof") if name != "0"],
        "clusterbus.mflags": [f"0x{decode['mflags'][0]:02x}" for decode in decodes if "mflags" in decode],
        "clusterbus.update.node": flat(decodes, "update", "nodename"),
        "clusterbus.update.config_epoch": flat(decodes, "update", "configEpoch"),
        "clusterbus.module.length": flat(decodes, "module", "len"),
        "clusterbus.module.payload": flat(decodes, "module", "payload_hex"),
    }
    for field, key in (("port", "port"), ("current_epoch", "currentEpoch"), ("config_epoch", "configEpoch"),
                       ("offset", "offset"), ("sender", "sender"), ("cport", "cport"), ("state", "state"),
                       ("count", "count"), ("extensions", "extensions"), ("fail.node", "fail_nodename"),
                       ("publish.channel_length", "channel_len"), ("publish.message_length", "message_len")):
        out[f"clusterbus.{field}"] = flat(decodes, key)
    out["clusterbus.publish.message"] = [text for text in flat(decodes, "message_hex") if text]
    for field, key in (("node", "nodename"), ("ping_sent", "ping_sent"), ("pong_received", "pong_received"),
                       ("ip", "ip"), ("port", "port"), ("cport", "cport"), ("pport", "pport")):
        out[f"clusterbus.gossip.{field}"] = flat(decodes, "gossip", key)
    for key, items in (("flags", decodes), ("gossip.flags", [g for d in decodes for g in d.get("gossip", [])])):
        out[f"clusterbus.{key}"] = [f"0x{item['flags']:04x}" for item in items if "flags" in item]
    extensions = [extension for decode in decodes for extension in decode.get("ext", [])]
    out["clusterbus.ext.type"] = [str(extension["type"]) for extension in extensions]
    for name, kind, key in (("hostname", 0, "value"), ("human_nodename", 1, "value"), ("forgotten", 2, "name"),
                            ("ttl", 2, "ttl"), ("shard_id", 3, "shard_id"), ("client_ipv4", 4, "value")):
        out[f"clusterbus.ext.{name}"] = [str(e[key]) for e in extensions if e["type"] == kind]
    return out


def check_golden(directory, failures):
    for name in ("valkey", "redis7"):
        messages, decodes = golden(name)
        expected = expected_fields(decodes)
        # One stream whose segments know nothing of messages; then a stream per message at a port that nobody knows.
        for kind, streams, port, size in (("joined", [b"".join(messages)], 16379, 1000), ("apart", messages, 29400, 536)):
            path = f"{directory}/{name}-{kind}.pcap"
            write_capture(path, streams, port, size)
            found = values(path, list(expected))
            for field, texts in expected.items():
                failures.expect(f"{name}, {kind}, {field}", found[field], texts)
            failures.expect(f"{name}, {kind}, trouble", frames(path, TROUBLE), 0)


def check_middle(directory, failures):
    """A capture that begins within a message is read from the next one on."""
    messages, decodes = golden("valkey")
    path = f"{directory}/middle.pcap"
    write_capture(path, [b"".join(messages)[1500:]], 16379, 700)
    found = values(path, ["clusterbus.type"])["clusterbus.type"]
    failures.expect("types after the middle", found, [str(d["rawtype"] & 0x7FFF) for d in decodes[1:]])
    failures.expect("fragments", frames(path, "clusterbus.fragment") > 0, True)


def check_extensions(directory, failures):
    """What no capture has: all extensions, a light MODULE."""
    streams = []
    for name in ("all_extensions", "module_light"):
        with open(f"tests/fuzz/corpus/codec/{name}.bin", "rb") as file:
            streams.append(file.read())
    path = f"{directory}/extensions.pcap"
    write_capture(path, streams, 16379, 60000)
    found = values(path, ["clusterbus.ext.type", "clusterbus.light", "clusterbus.type"])
    failures.expect("kinds of extensions", set(found["clusterbus.ext.type"]) >= {str(i) for i in range(9)}, True)
    failures.expect("light headers", found["clusterbus.light"][-1], "1")
    failures.expect("extensions, trouble", frames(path, TROUBLE), 0)


def check_hostile(directory, failures):
    draw = random.Random(1)
    messages = golden("valkey")[0] + golden("redis7")[0]
    streams = []
    for _ in range(400):
        message = bytearray(draw.choice(messages))
        for _ in range(draw.randint(1, 8)):
            spot = draw.choice((draw.randrange(16), draw.randrange(len(message))))
            message[spot] = draw.choice((0, 1, 255, draw.randrange(256)))
        streams.append(bytes(message[: draw.choice((len(message), draw.randint(14, len(message))))]))
    path = f"{directory}/hostile.pcap"
    write_capture(path, streams, 16379, 60000)
    text = tshark(path, "-V")
    failures.expect("errors of the script", text.count("Lua Error"), 0)
    failures.expect("wrong lengths are noticed", frames(path, "clusterbus.bad_length") > 0, True)


# ---- A simulated run ----

TYPES = ("ping", "pong", "meet", "fail", "publish", "auth-req", "auth-ack", "update", "mfstart", "module", "publishshard")


def run(program, scenario, *arguments):
    done = subprocess.run([program, "run", "--quiet", scenario, *arguments], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"run {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def check_run(program, directory, failures):
    scenario, path = f"{directory}/capture.yaml", f"{directory}/run.pcapng"
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(SCENARIO)
    report = json.loads(run(program, scenario, "--json", "--pcap", path))
    # What arrives where its socket is closed has a comment and is not delivered.
    found = values(path, ["clusterbus.type", "clusterbus.length", "clusterbus.count"], "clusterbus && !frame.comment")
    counts, sizes, entries = collections.Counter(), collections.Counter(), collections.Counter()
    for number, length, count in zip(*found.values()):
        counts[TYPES[int(number)]] += 1
        sizes[TYPES[int(number)]] += int(length)
        entries[TYPES[int(number)]] += int(count)
    for name, traffic in report["traffic"].items():
        figures = (counts[name], sizes[name], entries[name])
        failures.expect(f"{name} messages, bytes, entries", figures, (traffic["messages"], traffic["bytes"], traffic["entries"]))
    failures.expect("types on the wire", set(counts), set(report["traffic"]))
    failures.expect("meet, fail, votes, mfstart", {"meet", "fail", "auth-req", "auth-ack", "mfstart"} <= set(counts), True)
    failures.expect("trouble", frames(path, TROUBLE), 0)
    failures.expect("wrong checksums", frames(path, 'ip.checksum.status == "Bad" || tcp.checksum.status == "Bad"'), 0)
    holes = "tcp.analysis.lost_segment || tcp.analysis.retransmission || tcp.analysis.out_of_order || tcp.analysis.ack_lost_segment"
    failures.expect("holes in streams", frames(path, holes), 0)
    failures.expect("a handshake and a reset", (frames(path, "tcp.flags.syn == 1") > 0, frames(path, "tcp.flags.reset == 1") > 0), (True, True))
    times = [float(text) for text in tshark(path, "-T", "fields", "-e", "frame.time_epoch").split()]
    failures.expect("times never fall", times, sorted(times))

    # The same run in another transport is the same file; a filter leaves out what it says.
    again = f"{directory}/again.pcapng"
    run(program, scenario, "--transport", "wire", "--pcap", again)
    with open(path, "rb") as one, open(again, "rb") as two:
        failures.expect("typed and wire", one.read() == two.read(), True)
    votes = f"{directory}/votes.pcapng"
    run(program, scenario, "--pcap", votes, "--only-types", "auth-req,auth-ack", "--window", "..40s")
    found = values(votes, ["clusterbus.type"], "frame")["clusterbus.type"]
    failures.expect("votes only", found, [text for text in found if text in ("5", "6")])
    failures.expect("votes", len(found) > 0 and frames(votes, holes) == 0, True)


def main():
    if shutil.which("tshark") is None:
        print("skipped: apt-get install -y tshark")
        return 77
    # Preferences of whoever runs this, and plugins, stay out of it.
    failures = Failures()
    with tempfile.TemporaryDirectory() as directory:
        os.environ.update(HOME=directory, XDG_CONFIG_HOME=directory, LC_ALL="C")
        check_golden(directory, failures)
        check_middle(directory, failures)
        check_extensions(directory, failures)
        check_hostile(directory, failures)
        check_run(os.path.abspath(sys.argv[1]), directory, failures)
    print("\n".join(failures) or "ok")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
