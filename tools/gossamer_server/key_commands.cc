#include "tools/gossamer_server/key_commands.h"

#include <algorithm>
#include <charconv>

namespace gossamer::server {
namespace {

constexpr KeyCommand kCommands[] = {
    {"append", 3, true},
    {"bitcount", -2, false},
    {"copy", -3, true, 1, 2},
    {"decr", 2, true},
    {"decrby", 3, true},
    {"del", -2, true, 1, -1},
    {"dump", 2, false},
    {"eval", -3, true, 0, 0, 1, 2},
    {"evalsha", -3, true, 0, 0, 1, 2},
    {"exists", -2, false, 1, -1},
    {"expire", -3, true},
    {"expireat", -3, true},
    {"fcall", -3, true, 0, 0, 1, 2},
    {"get", 2, false},
    {"getbit", 3, false},
    {"getdel", 2, true},
    {"getex", -2, true},
    {"getrange", 4, false},
    {"getset", 3, true},
    {"hdel", -3, true},
    {"hexists", 3, false},
    {"hget", 3, false},
    {"hgetall", 2, false},
    {"hincrby", 4, true},
    {"hkeys", 2, false},
    {"hlen", 2, false},
    {"hmget", -3, false},
    {"hmset", -4, true},
    {"hscan", -3, false},
    {"hset", -4, true},
    {"hsetnx", 4, true},
    {"hvals", 2, false},
    {"incr", 2, true},
    {"incrby", 3, true},
    {"incrbyfloat", 3, true},
    {"lindex", 3, false},
    {"linsert", 5, true},
    {"llen", 2, false},
    {"lpop", -2, true},
    {"lpush", -3, true},
    {"lrange", 4, false},
    {"lrem", 4, true},
    {"lset", 4, true},
    {"ltrim", 4, true},
    {"mget", -2, false, 1, -1},
    {"mset", -3, true, 1, -1, 2},
    {"msetnx", -3, true, 1, -1, 2},
    {"persist", 2, true},
    {"pexpire", -3, true},
    {"psetex", 4, true},
    {"pttl", 2, false},
    {"rename", 3, true, 1, 2},
    {"renamenx", 3, true, 1, 2},
    {"restore", -4, true},
    {"rpop", -2, true},
    {"rpush", -3, true},
    {"sadd", -3, true},
    {"scard", 2, false},
    {"sdiff", -2, false, 1, -1},
    {"set", -3, true},
    {"setbit", 4, true},
    {"setex", 4, true},
    {"setnx", 3, true},
    {"setrange", 4, true},
    {"sinter", -2, false, 1, -1},
    {"sismember", 3, false},
    {"smembers", 2, false},
    {"spop", -2, true},
    {"spublish", 3, false},
    {"srandmember", -2, false},
    {"srem", -3, true},
    {"sscan", -3, false},
    {"ssubscribe", -2, false, 1, -1},
    {"strlen", 2, false},
    {"sunion", -2, false, 1, -1},
    {"touch", -2, false, 1, -1},
    {"ttl", 2, false},
    {"type", 2, false},
    {"unlink", -2, true, 1, -1},
    {"xadd", -5, true},
    {"xlen", 2, false},
    {"xrange", -4, false},
    {"zadd", -4, true},
    {"zcard", 2, false},
    {"zincrby", 4, true},
    {"zrange", -4, false},
    {"zrank", -3, false},
    {"zrem", -3, true},
    {"zscore", 3, false},
};

}  // namespace

std::span<const KeyCommand> KeyCommands() { return kCommands; }

const KeyCommand* FindKeyCommand(std::string_view name) {
  const auto found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                  [name](const KeyCommand& c) { return c.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

bool KeysOf(const KeyCommand& command, const std::vector<std::string>& words,
            std::vector<std::string_view>* keys) {
  const auto size = static_cast<int>(words.size());
  int first = command.first;
  int last = command.last < 0 ? size + command.last : command.last;
  if (first == 0) {
    const std::string& text = words[static_cast<size_t>(command.count_at)];
    int count = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), count);
    if (got.ec != std::errc() || got.ptr != text.data() + text.size()) return false;
    if (count < 0 || count > size - command.count_at - 1) return false;
    first = command.count_at + 1;
    last = command.count_at + count;
  }
  if (last >= size) return false;
  for (int i = first; i <= last; i += command.step) {
    keys->push_back(words[static_cast<size_t>(i)]);
  }
  return true;
}

}  // namespace gossamer::server
