// Every way in which a scenario file can be wrong: the place, the message and the help.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/tree.h"

namespace gossamer::sim {
namespace {

std::vector<Diagnostic> ErrorsOf(std::string_view text, std::string_view file = "x.yaml") {
  std::vector<Diagnostic> all;
  std::vector<Diagnostic> errors;
  const bool loaded = LoadScenario(text, file, &all).has_value();
  for (const Diagnostic& d : all) {
    if (d.severity == Severity::kError) errors.push_back(d);
  }
  EXPECT_EQ(loaded, errors.empty()) << Render(all);
  return errors;
}

struct Row {
  std::string_view name;
  std::string_view text;  // after "version: 1\nname: x\n", so that its first line is line 3
  int line;
  int column;
  int length;
  std::string_view message;
  std::string_view help;
};

void Check(const Row& row) {
  SCOPED_TRACE(row.name);
  const std::vector<Diagnostic> errors = ErrorsOf("version: 1\nname: x\n" + std::string(row.text));
  ASSERT_EQ(errors.size(), 1u) << Render(errors);
  const Diagnostic& d = errors[0];
  EXPECT_EQ(d.line, row.line) << Render(d);
  EXPECT_EQ(d.column, row.column) << Render(d);
  EXPECT_EQ(d.length, row.length) << Render(d);
  EXPECT_NE(d.message.find(row.message), std::string::npos) << Render(d);
  EXPECT_NE(d.help.find(row.help), std::string::npos) << Render(d);
  EXPECT_EQ(row.help.empty(), d.help.empty()) << Render(d);
}

constexpr Row kStructure[] = {
    {"unknown key", "clustr: {}\n", 3, 1, 6, "unknown key 'clustr' in scenario",
     "nearest is 'cluster'"},
    {"unknown nested key", "cluster:\n  shard: 3\n", 4, 3, 5, "unknown key 'shard' in cluster",
     "nearest is 'shards'"},
    {"unknown key without a near one", "disk: {speed: 1}\n", 3, 8, 5, "unknown key 'speed' in disk",
     "one of: fsync"},
    {"word of others", "cluster: {masters: 3}\n", 3, 11, 7, "unknown key 'masters'",
     "nearest is 'shards'"},
    {"fault of others", "timeline: [{at: 40s, fault: sigstop, target: {node: 1}}]\n", 3, 29, 7,
     "unknown fault 'sigstop'", "nearest is 'pause'"},
    {"fault unlike any", "timeline: [{at: 40s, fault: zzz, target: {node: 1}}]\n", 3, 29, 3,
     "unknown fault 'zzz'", "one of: kill, host-loss"},
    {"duplicate key", "seed: 1\nseed: 2\n", 4, 1, 4, "key 'seed' appears twice", "line 3"},
    {"duplicate nested key", "cluster: {shards: 3, shards: 4}\n", 3, 22, 6,
     "key 'shards' appears twice", "line 3"},
    {"merge key", "cluster:\n  <<: {shards: 3}\n", 4, 3, 2, "merge keys", "write the keys out"},
    {"tag", "seed: !!int 3\n", 3, 7, 1, "tags are not part", "without its tag"},
    {"variable", "about: run ${n} times\n", 3, 8, 14, "a variable is a whole value", ""},
    {"variable without a matrix", "seed: ${n}\n", 3, 7, 4, "the file has no matrix", ""},
    {"variable as key", "cluster: {\"${k}\": 1}\n", 3, 11, 6, "a variable stands for a value", ""},
    {"study", "matrix: {a: [1, 2]}\ncluster: {shards: \"${a}\"}\n", 3, 1, 6,
     "a study of 2 cells over a", "--cell a=1"},
    {"variable within a value", "matrix: {n: [1]}\ncluster: {shards: \"${n}x\"}\n", 4, 19, 7,
     "a variable is a whole value", ""},
    {"axis that nothing uses", "matrix: {size: [1, 2]}\n", 3, 10, 4, "nothing uses axis 'size'",
     "write ${size}"},
    {"empty matrix", "matrix: {}\n", 3, 9, 1, "a map of axes, not an empty one", "victims"},
    {"nodes of a machine without cores", "cpu: {preset: redis-7, nodes_per_machine: 8}\n", 3, 24,
     17, "nodes_per_machine needs cores_per_machine", ""},
    {"seeds", "seeds: some\n", 3, 8, 4, "seeds takes a range such as 1..30", ""},
    {"variable in braces", "cluster: {shards: ${n}}\n", 3, 20, 1, "expected ',' or '}'",
     "stands in quotes"},
    {"second document", "---\nversion: 1\n", 4, 1, 1, "second document", "one scenario"},
    {"list for a map", "cluster: [1]\n", 3, 10, 1, "a cluster is a map, not a list", "shards"},
    {"map for a value", "seed: {a: 1}\n", 3, 7, 1, "seed takes a whole number, not a map", ""},
    {"nothing for a value", "seed:\n", 3, 1, 4, "'seed' has no value", ""},
    {"null for a value", "seed: null\n", 3, 7, 1, "'seed' has no value", ""},
    {"value for a list", "timeline: 3\n", 3, 11, 1, "timeline takes a list, not a single value",
     ""},
    {"key that is a list", "? [a]\n: 1\n", 3, 3, 1, "a key must be a word", ""},
    {"alias to itself", "cluster: &c {nodes: *c}\n", 3, 21, 1, "an alias inside", ""},
};

constexpr Row kSyntax[] = {
    {"map not closed", "cluster: {shards: 3\n", 4, 1, 1, "expected ',' or '}' before this",
     "the map that begins at 3:10 is still open"},
    {"map not closed before a key", "cluster: {shards: 3\nseed: 1\n", 4, 5, 1,
     "expected ',' or '}' before this", "the map that begins at 3:10 is still open"},
    {"list not closed", "timeline: [{at: 1s}\nseed: 1\n", 4, 1, 1, "expected ',' or ']'",
     "the list that begins at 3:11"},
    {"quote not closed", "about: \"abc\nseed: 1\n", 3, 8, 1, "has no closing quote", ""},
    {"quote not closed at the end", "seed: 1\nabout: 'it''s", 4, 8, 1, "has no closing quote", ""},
    {"wrong bracket", "timeline:\n  - {target: {nodes: [1, 2}}\n", 4, 27, 1,
     "expected ']' before '}'", "the list that begins at 4:22"},
    {"bracket too many", "cluster: {shards: 3}}\n", 3, 21, 1, "'}' closes nothing", ""},
    {"brackets in texts", "about: \"}{\"  # don't [\ncluster: {shards: '}', a: it's]\n", 4, 31, 1,
     "expected '}' before ']'", "the map that begins at 4:10"},
    {"tab", "cluster:\n\tshards: 3\n", 4, 1, 1, "a tab in the indentation", "with spaces"},
    {"tab before a dash", "timeline:\n\t- {at: 1s, fault: kill}\n", 4, 1, 1, "a tab in the",
     "with spaces"},
    {"tab in an item", "timeline:\n- at: 3s\n\tfault: kill\n", 5, 1, 1, "a tab in the indentation",
     "with spaces"},
    {"indentation", "cluster:\n  shards: 3\n replicas_per_shard: 1\n", 5, 2, 1, "indentation",
     "the same column"},
    {"second colon", "about: what: a thing\n", 3, 12, 1, "a second ':' in one value",
     "stands in quotes"},
    {"dash without a space", "timeline:\n  -{at: 1s, fault: kill}\n", 4, 3, 1,
     "a space after its '-'", ""},
    {"word above", "seed 1\nduration: 60s\n", 3, 1, 1, "a key without its ':'", ""},
    {"reserved character", "network: {loss: %5}\n", 3, 17, 1, "no value begins with '%'",
     "stands in quotes"},
    {"unknown escape", "about: \"a\\q\"\n", 3, 12, 1, "'\\q' means nothing", "write \\\\"},
    {"undefined alias", "cluster: *c\n", 3, 10, 1, "'*c' stands for nothing above it",
     "stands in quotes"},
};

constexpr Row kValues[] = {
    {"octal-looking", "seed: 042\n", 3, 7, 3, "leading zero, which looks octal",
     "without the zero"},
    {"octal-looking count", "cluster: {shards: 010}\n", 3, 19, 3, "looks octal", "without"},
    {"hexadecimal", "seed: 0x2a\n", 3, 7, 4, "'0x2a' is not a whole number", ""},
    {"number in quotes", "seed: \"42\"\n", 3, 7, 4, "not text in quotes", ""},
    {"fraction", "cluster: {shards: 1.5}\n", 3, 19, 3, "'1.5' is not a whole number", ""},
    {"negative", "cluster: {shards: -1}\n", 3, 19, 2, "out of range, expected 1 to 16384", ""},
    {"no shards", "cluster: {shards: 0}\n", 3, 19, 1, "shards 0 is out of range", ""},
    {"too many nodes", "cluster: {shards: 8192, replicas_per_shard: 2}\n", 3, 11, 6,
     "24576 nodes, at most 16384", ""},
    {"duration without unit", "duration: 180\n", 3, 11, 3, "duration '180' has no unit",
     "write 180s"},
    {"duration with a wrong unit", "duration: 3min\n", 3, 11, 4, "unknown unit 'min'", "write 3m"},
    {"empty run", "duration: 0s\n", 3, 11, 2, "out of range", ""},
    {"fsync without unit", "disk: {fsync: 1}\n", 3, 15, 1, "fsync: duration '1' has no unit",
     "write 1s"},
    {"bare share", "network: {loss: 5}\n", 3, 17, 1, "'5' is ambiguous", "write 5%"},
    {"share above one", "network: {loss: 120%}\n", 3, 17, 4, "above 100%", ""},
    {"latency of an hour", "network: {latency: 1h}\n", 3, 20, 2, "expected 1us to 10m", ""},
    {"slow rate", "network: {bandwidth: 999B/s}\n", 3, 22, 6, "'999B/s' is too slow",
     "at least 1kB/s"},
    {"ambiguous rate", "network: {bandwidth: 100mbps}\n", 3, 22, 7, "bits or bytes?", "100Mbit"},
    {"size for a rate", "replication: {write_rate: 1MB}\n", 3, 27, 3, "is a size, not a rate",
     "write 1MB/s"},
    {"latency without unit", "network: {latency: 300}\n", 3, 20, 3, "has no unit", "300s"},
    {"latency of nothing", "network: {latency: 0us}\n", 3, 20, 3, "out of range, expected 1us", ""},
    {"falling range", "network: {latency: [2ms, 1ms]}\n", 3, 21, 3, "latency falls from 2ms to 1ms",
     "[min, max]"},
    {"three values", "network: {latency: [1ms, 2ms, 3ms]}\n", 3, 20, 1, "latency takes", ""},
    {"falling quantiles", "network: {latency: {p50: 2ms, p99: 1ms}}\n", 3, 36, 3,
     "do not rise at '1ms'", ""},
    {"equal quantiles", "network: {latency: {p50: 1ms, p50.0: 2ms}}\n", 3, 38, 3, "do not rise",
     ""},
    {"unknown quantile", "network: {latency: {p50: 1ms, p200: 2ms}}\n", 3, 31, 4,
     "unknown key 'p200' in latency", "p99.9"},
    {"zone latency missing", "network: {between_zones: {}}\n", 3, 26, 1, "has no 'latency'",
     "between zones"},
    {"bad zone name", "cluster: {zones: [a, \"b c\"]}\n", 3, 22, 5, "zones takes names", ""},
    {"zone twice", "cluster: {zones: [a, b, a]}\n", 3, 18, 1, "zone 'a' stands there twice", ""},
    {"unknown rules", "rules: valkey-9\n", 3, 8, 8, "unknown rules 'valkey-9'",
     "nearest is 'valkey-9.0'"},
    {"unknown base", "rules: {base: gosamer}\n", 3, 15, 7, "unknown base 'gosamer'",
     "nearest is 'gossamer'"},
    {"base missing", "rules: {bugs: []}\n", 3, 8, 1, "rules has no 'base'", "base: release"},
    {"bugs", "rules: {base: valkey-8.0, bugs: [R-7396]}\n", 3, 34, 6,
     "unknown name 'R-7396' in bugs", "nearest is 'R-7395'"},
    {"bugs of nodes",
     "cluster: {nodes: [{target: {node: 0}, rules: {base: gossamer, bugs: vote-twic}}]}\n", 3, 69,
     9, "unknown name 'vote-twic' in bugs", "nearest is 'vote-twice'"},
    {"unknown preset", "cpu: redis7\n", 3, 6, 6, "unknown cpu 'redis7'", "nearest is 'redis-7'"},
    {"preset in a map", "cpu: {preset: fast}\n", 3, 15, 4, "unknown preset 'fast'", "one of: none"},
    {"scale", "cpu: {preset: redis-7, scale: fast}\n", 3, 31, 4, "is not a factor", "such as 2"},
    {"background", "cpu: {preset: redis-7, background: 97%}\n", 3, 36, 3, "at most 95%", ""},
    {"background_none", "cpu: {preset: none, background: 40%}\n", 3, 33, 3, "another preset", ""},
    {"unknown start", "cluster: {start: formd}\n", 3, 18, 5, "unknown start 'formd'",
     "nearest is 'formed'"},
    {"start map", "cluster: {start: {}}\n", 3, 18, 1, "either nodes_conf or cluster_nodes",
     "nodes_conf: FILE"},
};

constexpr Row kConfig[] = {
    {"unknown option", "cluster: {config: {cluster-node-timeot: 5s}}\n", 3, 20, 19,
     "unknown option 'cluster-node-timeot'", "nearest is 'cluster-node-timeout'"},
    {"unitless timeout", "cluster: {config: {cluster-node-timeout: 15000}}\n", 3, 42, 5,
     "duration '15000' has no unit", "write 15000ms"},
    {"timeout out of range", "cluster: {config: {cluster-node-timeout: 0s}}\n", 3, 42, 2,
     "out of range, expected 1 to", ""},
    {"finer than a millisecond", "cluster: {config: {cluster-node-timeout: 1500us}}\n", 3, 42, 6,
     "not a whole number of milliseconds", ""},
    {"finer than a second", "cluster: {config: {cluster-blacklist-ttl: 1500ms}}\n", 3, 43, 6,
     "not a whole number of seconds", ""},
    {"switch", "cluster: {config: {cluster-require-full-coverage: off}}\n", 3, 51, 3,
     "'off' is not true or false", "write false"},
    {"number in quotes", "cluster: {config: {cluster-migration-barrier: '1'}}\n", 3, 47, 3,
     "without quotes", ""},
    {"size", "cluster: {config: {cluster-link-sendbuf-limit: 64mb}}\n", 3, 48, 4,
     "unknown unit 'mb'", "64KiB"},
    {"word", "cluster: {config: {cluster-preferred-endpoint-type: dns}}\n", 3, 53, 3,
     "expected one of: ip hostname", ""},
    {"list", "cluster: {config: {cluster-node-timeout: [1s]}}\n", 3, 42, 1, "takes a single value",
     ""},
    {"config is a list", "cluster: {config: [a]}\n", 3, 19, 1, "config takes a map", ""},
    {"fixed while running",
     "timeline: [{at: 60s, action: config-set, target: {all: true}, config: {tls-cluster: "
     "true}}]\n",
     3, 72, 11, "cannot change in a running node", ""},
    {"override without effect", "cluster: {nodes: [{target: {node: 0}}]}\n", 3, 19, 1,
     "changes nothing", ""},
    {"override without target", "cluster: {nodes: [{rules: gossamer}]}\n", 3, 19, 1,
     "has no 'target'", "which nodes"},
};

constexpr Row kTimeline[] = {
    {"unknown fault", "timeline:\n  - {at: 60s, fault: partion, target: {node: 0}}\n", 4, 22, 7,
     "unknown fault 'partion'", "nearest is 'partition'"},
    {"unknown action", "timeline:\n  - {at: 60s, action: restrt, target: {node: 0}}\n", 4, 23, 6,
     "unknown action 'restrt'", "nearest is 'restart'"},
    {"neither", "timeline: [{at: 60s, target: {node: 0}}]\n", 3, 12, 1, "without fault or action",
     "fault: kill"},
    {"both", "timeline: [{at: 60s, fault: kill, action: restart, target: {node: 0}}]\n", 3, 35, 6,
     "not both", "two items"},
    {"no time", "timeline: [{fault: kill, target: {node: 0}}]\n", 3, 12, 1, "has no 'at'",
     "virtual time"},
    {"unitless time", "timeline: [{at: 60, fault: kill, target: {node: 0}}]\n", 3, 17, 2,
     "at: duration '60' has no unit", "write 60s"},
    {"after the end", "timeline: [{at: 61s, fault: kill, target: {node: 0}}]\n", 3, 17, 3,
     "after the end of the run, 60s", "duration"},
    {"foreign key", "timeline: [{at: 60s, fault: kill, target: {node: 0}, factor: 3}]\n", 3, 54, 6,
     "'kill' has no 'factor'", "kill takes target, for, with_disk"},
    {"no length",
     "timeline: [{at: 60s, action: meet, target: {node: 0}, to: {node: 1}, for: 1s}]\n", 3, 70, 3,
     "'meet' has no 'for'", "meet takes target, to"},
    {"no target", "timeline: [{at: 60s, fault: kill}]\n", 3, 12, 1, "'kill' needs 'target'",
     "which nodes"},
    {"no factor", "timeline: [{at: 60s, fault: slow, target: {node: 0}}]\n", 3, 12, 1,
     "'slow' needs 'factor'", "longer"},
    {"factor of one", "timeline: [{at: 60s, fault: slow, target: {node: 0}, factor: 1}]\n", 3, 62,
     1, "factor 1 is out of range", ""},
    {"no link", "timeline: [{at: 60s, fault: partition}]\n", 3, 12, 1,
     "needs either target or between", "against all others"},
    {"one side", "timeline: [{at: 60s, fault: partition, between: [{node: 0}]}]\n", 3, 49, 1,
     "between has 1 sides", "2 to 16"},
    {"target and between",
     "timeline: [{at: 60s, fault: partition, target: {node: 0}, between: [{node: 1}, {node: "
     "2}]}]\n",
     3, 59, 7, "either target or between", "between"},
    {"one way, three sides",
     "timeline: [{at: 1m, fault: partition, between: [{node: 0}, {node: 1}, {node: 2}], "
     "direction: to}]\n",
     3, 94, 2, "more than two sides", "first side"},
    {"unknown direction",
     "timeline: [{at: 60s, fault: partition, target: {node: 0}, direction: out}]\n", 3, 70, 3,
     "unknown direction 'out'", "one of: both, to, from"},
    {"no probability", "timeline: [{at: 60s, fault: loss, target: {node: 0}}]\n", 3, 12, 1,
     "'loss' needs 'probability'", "share"},
    {"probability of zero",
     "timeline: [{at: 60s, fault: loss, target: {node: 0}, probability: 0%}]\n", 3, 67, 2,
     "does nothing", ""},
    {"offset of zero", "timeline: [{at: 60s, fault: clock-skew, target: {node: 0}, offset: 0s}]\n",
     3, 68, 2, "does nothing", ""},
    {"shape and sides",
     "timeline: [{at: 1s, fault: partition, between: [{node: 0}, {node: 1}], shape: ring}]\n", 3,
     39, 7, "'shape' and 'between'", "both ways"},
    {"unknown shape", "timeline: [{at: 1s, fault: partition, target: {all: true}, shape: star}]\n",
     3, 67, 4, "unknown shape 'star'", "halves"},
    {"neither offset nor drift", "timeline: [{at: 1s, fault: clock-skew, target: {node: 0}}]\n", 3,
     12, 1, "needs 'offset' or 'drift'", "each second"},
    {"drift of a second back",
     "timeline: [{at: 1s, fault: clock-skew, target: {node: 0}, drift: -1s}]\n", 3, 66, 3,
     "runs backwards", "1ms"},
    {"correlation alone",
     "timeline: [{at: 1s, fault: loss, target: {node: 0}, probability: 5%, correlation: 50%}]\n", 3,
     70, 11, "'correlation' needs 'burst'", "share their luck"},
    {"wrong mode", "timeline: [{at: 60s, action: reset, target: {node: 0}, mode: force}]\n", 3, 62,
     5, "mode 'force' does not belong to reset", "soft, hard"},
    {"to many", "timeline: [{at: 60s, action: meet, target: {node: 0}, to: {role: primary}}]\n", 3,
     59, 1, "'to' must name one node", "{node: 3}"},
    {"slot out of range",
     "timeline: [{at: 60s, action: migrate-slots, target: {node: 0}, to: {node: 1}, slots: "
     "16384}]\n",
     3, 86, 5, "out of range, expected 0 to 16383", ""},
    {"every without times", "timeline: [{at: 1s, every: 5s, fault: kill, target: {node: 0}}]\n", 3,
     21, 5, "'every' without 'times'", "every: 30s"},
    {"a range that falls", "timeline: [{at: [46s, 31s], fault: kill, target: {node: 0}}]\n", 3, 18,
     3, "at falls from 46s to 31s", "[from, to]"},
    {"a range beyond the end", "timeline: [{at: [40s, 61s], fault: kill, target: {node: 0}}]\n", 3,
     23, 3, "at 61s comes after the end of the run, 60s", "duration"},
    {"a range without units", "timeline: [{at: [40s, 50], fault: kill, target: {node: 0}}]\n", 3,
     23, 2, "at: ", "50s"},
    {"a range of three", "timeline: [{at: [1s, 2s, 3s], fault: kill, target: {node: 0}}]\n", 3, 17,
     1, "at takes a duration with its unit", ""},
    {"a range of lists", "timeline: [{at: [[1s], 2s], fault: kill, target: {node: 0}}]\n", 3, 17, 1,
     "at takes a duration with its unit", ""},
    {"a map for a range", "timeline: [{at: {from: 1s}, fault: kill, target: {node: 0}}]\n", 3, 17,
     1, "not a map", ""},
    {"a range elsewhere", "timeline: [{at: 40s, for: [1s, 2s], fault: kill, target: {node: 0}}]\n",
     3, 27, 1, "for takes a duration with its unit, such as 15s, not a list", ""},
    {"repeats of a range after the end",
     "timeline: [{at: [40s, 46s], every: 15s, times: 2, fault: kill, target: {node: 0}}]\n", 3, 48,
     1, "comes at 61s, after the end of the run, 60s", "duration"},
    {"repeats after the end",
     "timeline: [{at: 40s, every: 15s, times: 3, fault: kill, target: {node: 0}}]\n", 3, 41, 1,
     "comes at 70s, after the end of the run, 60s", "duration"},
    {"with_disk without for",
     "timeline: [{at: 60s, fault: kill, target: {node: 0}, with_disk: false}]\n", 3, 54, 9,
     "needs 'for'", "for: 30s"},
    {"with_disk", "timeline: [{at: 60s, action: restart, target: {node: 0}, with_disk: yes}]\n", 3,
     69, 3, "'yes' is not true or false", "write true"},
};

constexpr Row kTargets[] = {
    {"empty", "timeline: [{at: 60s, fault: kill, target: {}}]\n", 3, 43, 1, "an empty target",
     "{all: true}"},
    {"a word", "timeline: [{at: 60s, fault: kill, target: all}]\n", 3, 43, 3,
     "a target is a map, not a single value", "percent"},
    {"unknown role", "timeline: [{at: 60s, fault: kill, target: {role: master}}]\n", 3, 50, 6,
     "unknown role 'master'", "nearest is 'primary'"},
    {"unknown condition", "timeline: [{at: 60s, fault: kill, target: {nod: 1}}]\n", 3, 44, 3,
     "unknown key 'nod' in target", "nearest is 'node'"},
    {"unknown zone",
     "cluster: {zones: [east, west]}\ntimeline: [{at: 60s, fault: kill, target: {zone: [east, "
     "wst]}}]\n",
     4, 57, 3, "unknown zone 'wst'", "nearest is 'west'"},
    {"no zones", "timeline: [{at: 60s, fault: kill, target: {zone: a}}]\n", 3, 50, 1,
     "unknown zone 'a'", "the cluster has no zones"},
    {"no such node", "timeline: [{at: 60s, fault: kill, target: {node: 6}}]\n", 3, 50, 1,
     "node 6 does not exist: there are 6 nodes, from 0", ""},
    {"no such shard", "timeline: [{at: 60s, fault: kill, target: {shard: 1-3}}]\n", 3, 51, 3,
     "shard 3 does not exist: there are 3 shards", ""},
    {"falling range", "timeline: [{at: 60s, fault: kill, target: {nodes: 3-1}}]\n", 3, 51, 3,
     "range '3-1' falls", "smaller number"},
    {"bad range", "timeline: [{at: 60s, fault: kill, target: {nodes: 0..3}}]\n", 3, 51, 4,
     "'0..3' is not a whole number", "0-9"},
    {"empty list", "timeline: [{at: 60s, fault: kill, target: {nodes: []}}]\n", 3, 51, 1,
     "nodes is an empty list", ""},
    {"two amounts", "timeline: [{at: 60s, fault: kill, target: {count: 1, one: true}}]\n", 3, 54, 3,
     "'one' beside 'count'", "one of percent"},
    {"node and nodes", "timeline: [{at: 60s, fault: kill, target: {node: 1, nodes: 2}}]\n", 3, 53,
     5, "'nodes' beside 'node'", "into nodes"},
    {"count of nothing", "timeline: [{at: 60s, fault: kill, target: {count: 0}}]\n", 3, 51, 1,
     "count 0 is out of range", ""},
    {"more than there are", "timeline: [{at: 60s, fault: kill, target: {count: 7}}]\n", 3, 51, 1,
     "more than the 6 nodes", ""},
    {"more shards than there are",
     "timeline: [{at: 60s, fault: kill, target: {count: 4, of: shards}}]\n", 3, 51, 1,
     "more than the 3 shards", ""},
    {"bare percent", "timeline: [{at: 60s, fault: kill, target: {percent: 10}}]\n", 3, 53, 2,
     "'10' is ambiguous", "write 10%"},
    {"zero percent", "timeline: [{at: 60s, fault: kill, target: {percent: 0%}}]\n", 3, 53, 2,
     "0% selects nothing", ""},
    {"of alone", "timeline: [{at: 60s, fault: kill, target: {of: nodes}}]\n", 3, 44, 2,
     "'of' needs percent or count", ""},
    {"contradiction",
     "timeline: [{at: 60s, fault: kill, target: {role: replica, count: 1, of: primaries}}]\n", 3,
     73, 9, "contradict", ""},
    {"links of all to all others", "timeline: [{at: 60s, fault: partition, target: {all: true}}]\n",
     3, 48, 1, "every node on one side", "between"},
    {"all: false", "timeline: [{at: 60s, fault: kill, target: {all: false}}]\n", 3, 44, 3,
     "says nothing", "leave it out"},
};

constexpr Row kExpect[] = {
    {"empty", "expect: []\n", 3, 9, 1, "checks nothing", "the defaults"},
    {"nothing", "expect:\n", 3, 1, 6, "'expect' has no value", ""},
    {"no kind", "expect: [{never: true}]\n", 3, 10, 1, "without state, event, metric or invariant",
     ""},
    {"two kinds", "expect: [{state: ok, event: promoted, by: end}]\n", 3, 22, 5,
     "'event' beside 'state'", "one of state"},
    {"unknown state", "expect: [{state: coverd, by: end}]\n", 3, 18, 6, "unknown state 'coverd'",
     "nearest is 'covered'"},
    {"unknown event", "expect: [{event: fail-sett, never: true}]\n", 3, 18, 9,
     "unknown event 'fail-sett'", "nearest is 'fail-set'"},
    {"unknown metric", "expect: [{metric: fial.p99, max: 1s}]\n", 3, 19, 8,
     "unknown metric 'fial.p99'", "nearest is '"},
    {"metric without statistic", "expect: [{metric: fail, max: 1s}]\n", 3, 19, 4,
     "unknown metric 'fail'", "fail.p99"},
    {"unknown invariant", "expect: [{invariant: vote-once}]\n", 3, 22, 9,
     "unknown invariant 'vote-once'", "nearest is 'vote_once'"},
    {"state without time", "expect: [{state: ok}]\n", 3, 10, 1, "needs either by or within",
     "by: end"},
    {"state with both", "expect: [{state: ok, by: end, within: 1s, after: 1s}]\n", 3, 31, 6,
     "needs either by or within", "by: end"},
    {"after without within", "expect: [{state: ok, by: end, after: 1s}]\n", 3, 31, 5,
     "'after' belongs to 'within'", ""},
    {"within what", "expect: [{state: ok, within: 1s}]\n", 3, 22, 6, "The timeline is empty",
     "after: 0s"},
    {"by after the end", "expect: [{state: ok, by: 61s}]\n", 3, 26, 3, "after the end of the run",
     ""},
    {"by neither", "expect: [{state: ok, by: ende}]\n", 3, 26, 4, "is not a duration", "15s"},
    {"undecided at the end of a late draw",
     "timeline: [{at: [40s, 50s], fault: kill, target: {node: 0}}]\n"
     "expect: [{state: ok, within: 15s}]\n",
     4, 30, 3, "the run ends at 60s, before 65s", "duration"},
    {"undecided at the end", "expect: [{state: ok, within: 20s, after: 50s}]\n", 3, 30, 3,
     "the run ends at 60s, before 70s", "duration"},
    {"foreign key", "expect: [{invariant: all, max: 3}]\n", 3, 27, 3, "'invariant' has no 'max'",
     "takes nothing else"},
    {"metric without bounds", "expect: [{metric: victims}]\n", 3, 10, 1, "needs min or max", ""},
    {"unitless bound", "expect: [{metric: fail.p99, max: 23}]\n", 3, 34, 2,
     "max: duration '23' has no unit", "write 23s"},
    {"share without its sign", "expect: [{metric: utilisation, max: 5}]\n", 3, 37, 1, "", "5%"},
    {"bound with a unit", "expect: [{metric: victims, max: 23s}]\n", 3, 33, 3,
     "'23s' is not a whole number", ""},
    {"min above max", "expect: [{metric: victims, min: 3, max: 2}]\n", 3, 41, 1, "max is below min",
     ""},
    {"never with a bound", "expect: [{event: promoted, never: true, max: 2}]\n", 3, 41, 3,
     "a bound beside never", ""},
    {"unknown about", "expect: [{event: promoted, about: dead}]\n", 3, 35, 4,
     "unknown about 'dead'", "one of: any, live, victims"},
};

TEST(LoaderErrorsTest, Structure) {
  for (const Row& row : kStructure) Check(row);
}
TEST(LoaderErrorsTest, Syntax) {
  for (const Row& row : kSyntax) Check(row);
}

TEST(LoaderErrorsTest, ManyLinesWithoutWordsAreNoWork) {
  const std::vector<Diagnostic> errors =
      ErrorsOf("seed 1\n" + std::string(900'000, '\n') + "duration: 60s\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].line, 1);
  EXPECT_NE(errors[0].message.find("a key without its ':'"), std::string::npos);
}

TEST(LoaderErrorsTest, WhatNoCharacterIs) {
  for (const std::string bytes : {"\xed\xa0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80",
                                  "\xf4\x90\x80\x80", "\xc0\x80", "\xff"}) {
    const std::vector<Diagnostic> errors = ErrorsOf("version: 1\nname: x\nabout: a" + bytes + "\n");
    ASSERT_EQ(errors.size(), 1u) << Render(errors);
    EXPECT_EQ(errors[0].line, 3);
    EXPECT_EQ(errors[0].column, 9);
    EXPECT_NE(errors[0].message.find("not UTF-8"), std::string::npos);
  }
  EXPECT_TRUE(
      ErrorsOf("version: 1\nname: x\nabout: \xed\x9f\xbf \xf4\x8f\xbf\xbf \xe0\xa0\x80\n").empty());
}

TEST(LoaderErrorsTest, AKeyGluedToItsValue) {
  const std::vector<Diagnostic> errors = ErrorsOf("version:1\nname:x\n");
  ASSERT_EQ(errors.size(), 1u) << Render(errors);
  EXPECT_NE(errors[0].help.find("a space stands between"), std::string::npos) << Render(errors);
}

TEST(LoaderErrorsTest, Values) {
  for (const Row& row : kValues) Check(row);
}
TEST(LoaderErrorsTest, Config) {
  for (const Row& row : kConfig) Check(row);
}
TEST(LoaderErrorsTest, Timeline) {
  for (const Row& row : kTimeline) Check(row);
}
TEST(LoaderErrorsTest, Targets) {
  for (const Row& row : kTargets) Check(row);
}
TEST(LoaderErrorsTest, Expectations) {
  for (const Row& row : kExpect) Check(row);
}

TEST(LoaderErrorsTest, VersionAndName) {
  const auto first = [](std::string_view text, std::string_view file = "dir/storm-2.yaml") {
    const std::vector<Diagnostic> errors = ErrorsOf(text, file);
    return errors.empty() ? std::string("none") : Render(errors.front());
  };
  EXPECT_NE(first("name: storm-2\n").find(":1:1: error: scenario has no 'version'"),
            std::string::npos);
  EXPECT_NE(first("name: storm-2\n").find("write version: 1"), std::string::npos);
  EXPECT_NE(first("version: 1\n").find("has no 'name'"), std::string::npos);
  EXPECT_NE(first("version: 2\nname: storm-2\n").find(":1:10: error: version 2 is out of range"),
            std::string::npos);
  EXPECT_NE(first("version: '1'\nname: storm-2\n").find("not text in quotes"), std::string::npos);
  EXPECT_NE(first("version: 1\nname: other\n").find(":2:7: error: name 'other' is not the file's"),
            std::string::npos);
  EXPECT_NE(first("version: 1\nname: other\n").find("write name: storm-2"), std::string::npos);
  EXPECT_NE(first("version: 1\nname: Storm\n").find("a-z, 0-9"), std::string::npos);
  EXPECT_EQ(first("version: 1\nname: storm_2\n"), "none");
  EXPECT_EQ(first("version: 1\nname: other\n", "/dev/fd/63"), "none");
  EXPECT_EQ(first("version: 1\nname: anything\n", "-"), "none");
  EXPECT_EQ(first("{\"version\": 1, \"name\": \"a\"}", "x/a.json"), "none");
}

// Ten mistakes, each on a line of its own.
TEST(LoaderErrorsTest, AllMistakesOfAFileAreReportedAtOnce) {
  const std::vector<Diagnostic> errors = ErrorsOf(
      "version: 2\n"
      "name: y\n"
      "seed: 07\n"
      "rules: valkey-7\n"
      "clustr: {}\n"
      "network: {loss: 5}\n"
      "duration: 60\n"
      "timeline:\n"
      "  - {at: 10, fault: kill, target: {node: 0}}\n"
      "  - {at: 10s, fault: kil, target: {node: 0}}\n"
      "expect:\n"
      "  - {state: covered}\n");
  std::vector<int> lines;
  for (const Diagnostic& d : errors) lines.push_back(d.line);
  EXPECT_EQ(lines, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 9, 10, 12})) << Render(errors);
}

TEST(LoaderErrorsTest, AWrongSectionCausesNoErrorsElsewhere) {
  // The size of the cluster is unknown, so that what refers to it is not judged.
  EXPECT_EQ(ErrorsOf("version: 1\nname: x\ncluster: {shards: none}\n"
                     "timeline: [{at: 60s, fault: kill, target: {node: 5000}}]\n")
                .size(),
            1u);
  EXPECT_EQ(ErrorsOf("version: 1\nname: x\ntimeline: [{at: 60, fault: kill, target: {node: 0}}]\n"
                     "expect: [{state: ok, within: 1s}]\n")
                .size(),
            1u);
  EXPECT_EQ(ErrorsOf("version: 1\nname: x\nduration: 6\ntimeline: [{at: 600s, fault: kill, target: "
                     "{node: 0}}]\n")
                .size(),
            1u);
}

TEST(LoaderErrorsTest, TheRestIsCountedAfterTwentyErrors) {
  std::string text = "version: 1\nname: x\n";
  for (int i = 0; i < 30; ++i) text += "key" + std::to_string(i) + ": 1\n";
  std::vector<Diagnostic> all;
  EXPECT_FALSE(LoadScenario(text, "x.yaml", &all).has_value());
  ASSERT_EQ(all.size(), kMaxDiagnostics + 1);
  EXPECT_EQ(Render(all.back()), "x.yaml: note: 10 more errors are not shown\n");
}

TEST(LoaderErrorsTest, HostileTextIsRefusedQuickly) {
  const auto message = [](const std::string& text) {
    const std::vector<Diagnostic> errors = ErrorsOf(text);
    return errors.size() == 1 ? errors[0].message : Render(errors);
  };
  EXPECT_NE(message(std::string(kMaxFileBytes + 1, '#')).find("at most 1048576"),
            std::string::npos);
  EXPECT_NE(message(std::string(100'000, '[')).find("nested deeper than 32"), std::string::npos);
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i)
      bomb += std::string(i == 0 ? "*" : ", *") + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_NE(message(bomb).find("more than 100000 values"), std::string::npos);
  std::string wide = "a: &a '" + std::string(100'000, 'x') + "'\nb: [*a";
  for (int i = 0; i < 100; ++i) wide += ", *a";
  EXPECT_NE(message(wide + "]\n").find("4194304 bytes"), std::string::npos);
  EXPECT_NE(message(std::string("version: 1\nname: \xff\n")).find("not UTF-8"), std::string::npos);
  EXPECT_NE(message(std::string("version: 1\0name: x\n", 19)).find("not UTF-8"), std::string::npos);
  EXPECT_NE(message("").find("empty"), std::string::npos);
  EXPECT_NE(message("# nothing\n").find("empty"), std::string::npos);
  EXPECT_NE(message("- 1\n").find("a scenario is a map, not a list"), std::string::npos);
}

}  // namespace
}  // namespace gossamer::sim
