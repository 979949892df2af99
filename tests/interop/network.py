"""A private network of hosts: a namespace and an address each, joined by bridges that can be parted.

Lives in namespaces of its own (network, mounts, processes): nothing of it shows outside, and all of it goes when the test
ends, however it ends. Needs root, and ip (iproute2) and unshare (util-linux).
"""

import contextlib
import ctypes
import os
import subprocess
import sys

import case

_INSIDE = "GOSSAMER_INTEROP_NETWORK"
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def enter():
    """Runs the rest of this program in namespaces of its own; skips the test where that is not allowed."""
    if _INSIDE in os.environ:
        _run("mount", "--make-rprivate", "/")
        os.makedirs("/run/netns", exist_ok=True)
        _run("mount", "-t", "tmpfs", "none", "/run/netns")
        _run("ip", "link", "set", "lo", "up")
        return
    case.need("ip", "iproute2")
    unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
    trial = "mount -t tmpfs none /run && mkdir /run/netns && ip netns add h0 && ip link add br0 type bridge"
    done = subprocess.run([*unshare, "sh", "-c", trial], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        case.skip(f"network namespaces and bridges are not permitted here (they need root): {done.stderr.strip()}")
    os.environ[_INSIDE] = "1"
    os.execvp("unshare", [*unshare, sys.executable, *sys.argv])


def _run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {done.stdout}")


def _set_namespace(file):
    if _libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), f"setns {file.name}")


class Host:
    """One namespace with one address."""

    def __init__(self, name, ip):
        self.name = name
        self.ip = ip
        # What a command line begins with to run here.
        self.enter = ["ip", "netns", "exec", name]

    @contextlib.contextmanager
    def inside(self):
        """Sockets that are made meanwhile are this host's, and stay it. Loopback reaches it whatever its cable does."""
        with open("/proc/self/ns/net", "rb") as before, open(f"/run/netns/{self.name}", "rb") as there:
            _set_namespace(there)
            try:
                yield
            finally:
                _set_namespace(before)


class Network:
    """Hosts on one bridge. Close it before another is made."""

    def __init__(self, count):
        self.hosts = [Host(f"h{i}", f"10.77.0.{i + 1}") for i in range(count)]
        self._bridges = []
        self._bridge(0)
        for host in self.hosts:
            _run("ip", "netns", "add", host.name)
            _run("ip", "link", "add", f"v{host.name}", "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _run("ip", "-n", host.name, "addr", "add", f"{host.ip}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _run("ip", "-n", host.name, "link", "set", device, "up")
        self.heal()

    def _bridge(self, number):
        while len(self._bridges) <= number:
            name = f"br{len(self._bridges)}"
            _run("ip", "link", "add", name, "type", "bridge")
            _run("ip", "link", "set", name, "up")
            self._bridges.append(name)
        return self._bridges[number]

    def part(self, *sides):
        """Hosts see those of their side only; packets to others vanish, as behind a dead switch."""
        for number, side in enumerate(sides):
            for host in side:
                _run("ip", "link", "set", f"v{host.name}", "master", self._bridge(number), "up")

    def pull(self, host):
        """Pulls the cable of a host."""
        _run("ip", "link", "set", f"v{host.name}", "down")

    def heal(self):
        self.part(self.hosts)

    def close(self):
        for host in self.hosts:
            _run("ip", "link", "del", f"v{host.name}")
            _run("ip", "netns", "del", host.name)
        for bridge in self._bridges:
            _run("ip", "link", "del", bridge)
