"""Stores and reads keys by python3-redis's RedisCluster: redis_py.py <port> <count>.

Says `ready` once it knows the cluster, waits for a line, stores key:<i> = <i> and reads it, says how many were right.
"""

import sys

from redis.cluster import RedisCluster

port, count = int(sys.argv[1]), int(sys.argv[2])
client = RedisCluster(host="127.0.0.1", port=port, decode_responses=True)
print("ready", len(client.get_nodes()), flush=True)
sys.stdin.readline()
stored = sum(client.set(f"key:{i}", i) for i in range(count))
read = sum(client.get(f"key:{i}") == str(i) for i in range(count))
print("done", stored, read, flush=True)
