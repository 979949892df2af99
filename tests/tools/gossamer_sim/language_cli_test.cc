// The scenario language from the command line: check, list, schema, starts from layouts, and what
// shells and manuals get.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "nlohmann/json.hpp"
#include "tests/tools/gossamer_sim/cli_fixture.h"

namespace gossamer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kQuickstart = "scenarios/quickstart.yaml";

class LanguageCliTest : public CliTest {};

TEST_F(LanguageCliTest, CheckValidatesOnly) {
  const Result good = Run(std::string("check ") + kQuickstart);
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.out, HasSubstr("quickstart.yaml: ok, quickstart, 6 nodes"));
  const std::string bad = Scenario("bad", "timeline:\n  - {at: 5s, fault: partion}\n");
  const Result result = Run("check " + bad + " " + kQuickstart);
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("bad.yaml:5:"));
  EXPECT_THAT(result.err, HasSubstr("partition"));
  EXPECT_THAT(result.out, HasSubstr("quickstart"));
}

TEST_F(LanguageCliTest, ListsEverythingThatMayBeNamed) {
  for (const char* what :
       {"rules", "bugs", "faults", "actions", "targets", "expectations", "events", "invariants",
        "metrics", "figures", "states", "starts", "options", "cpus", "reference"}) {
    const Result result = Run(std::string("list ") + what);
    EXPECT_EQ(result.code, 0) << what;
    EXPECT_THAT(result.out, Not(IsEmpty())) << what;
  }
  EXPECT_THAT(Run("list rules").out, HasSubstr("valkey-8.0"));
  EXPECT_THAT(Run("list bugs").out, HasSubstr("R-7395"));
  EXPECT_THAT(Run("list faults").out, HasSubstr("host-loss"));
  EXPECT_THAT(Run("list invariants").out, HasSubstr("vote_once"));
  EXPECT_THAT(Run("list events").out, HasSubstr("fail-set"));
  EXPECT_THAT(Run("list targets").out, HasSubstr("keep_one_per_shard"));
  EXPECT_THAT(Run("list options").out, HasSubstr("default 15s"));
}

// The files that editors read; `tools/dev generate` writes them.
TEST_F(LanguageCliTest, SchemaFilesAreCurrent) {
  for (const std::string what : {"scenario", "report", "events", "real"}) {
    const Result result = Run("schema " + what);
    EXPECT_EQ(result.code, 0);
    EXPECT_TRUE(result.out == ReadFile("tools/schema/" + what + ".schema.json"))
        << what << ": tools/dev generate";
  }
}

TEST_F(LanguageCliTest, MisspeltWordsGetTheNearest) {
  struct Case {
    const char* arguments;
    const char* error;
  };
  const Case cases[] = {
      {"schema senario", "did you mean 'scenario'?"},
      {"shema scenario", "did you mean 'schema'?"},
      {"list fautls", "did you mean 'faults'?"},
      {"completion bsh", "did you mean 'bash'?"},
      {"check x.yaml --format jsn", "did you mean 'json'?"},
      {"check x.yaml --fromat json", "did you mean '--format'?"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.arguments);
    const Result result = Run(c.arguments);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, HasSubstr(c.error));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

// ---- Errors ----

struct Mistake {
  const char* line;   // of the file
  const char* caret;  // the text above the caret and its tail
  const char* message;
  const char* help;  // may be empty
};

// Ten mistakes of different kinds, one on each line.
constexpr Mistake kMistakes[] = {
    {"version: 2", "2", "version 2 is out of range, expected 1", ""},
    {"name: other", "other", "name 'other' is not the file's name", "write name: ten"},
    {"seed: 007", "007", "has a leading zero", "without the zero"},
    {"rules: valkey-8.2", "valkey-8.2", "unknown rules 'valkey-8.2'", "nearest is 'valkey-8.0'"},
    {"clustr: {shards: 3}", "clustr", "unknown key 'clustr'", "nearest is 'cluster'"},
    {"network: {loss: 5}", "5", "'5' is ambiguous", "write 5%"},
    {"duration: 120", "120", "duration '120' has no unit", "write 120s"},
    {"timeline: [{at: 60s, fault: partion, target: {node: 0}}]", "partion",
     "unknown fault 'partion'", "nearest is 'partition'"},
    {"expect: [{state: covered}]", "{", "needs either by or within", "by: end"},
    {"replication: {lag: 1ms, lag: 2ms}", "lag", "twice", ""},
};

std::string TenMistakes() {
  std::string text;
  for (const Mistake& mistake : kMistakes) text += std::string(mistake.line) + "\n";
  return text;
}

TEST_F(LanguageCliTest, AllTenMistakesAreShownWithCaretAndHelp) {
  const std::string path = File("ten.yaml", TenMistakes());
  const Result result = Run("check " + path);
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  const std::vector<std::string_view> lines = SplitWords(result.err, "\n");
  size_t at = 0;
  for (size_t i = 0; i < std::size(kMistakes); ++i) {
    const Mistake& mistake = kMistakes[i];
    SCOPED_TRACE(mistake.line);
    const std::string number = std::to_string(i + 1);
    ASSERT_LE(at + 3, lines.size()) << result.err;
    EXPECT_THAT(std::string(lines[at]), StartsWith(path + ":" + number + ":"));
    EXPECT_THAT(std::string(lines[at]), HasSubstr(": error: "));
    EXPECT_THAT(std::string(lines[at]), HasSubstr(mistake.message));
    const std::string source(lines[at + 1]);
    const std::string caret(lines[at + 2]);
    EXPECT_EQ(source, "  " + number + " | " + mistake.line);
    const size_t from = caret.find('^');
    ASSERT_NE(from, std::string::npos) << caret;
    EXPECT_EQ(source.substr(from, caret.size() - from), mistake.caret);
    at += 3;
    const bool help = at < lines.size() && lines[at].find("= help: ") != std::string_view::npos;
    if (mistake.help[0] != '\0') {
      ASSERT_TRUE(help) << result.err;
      EXPECT_THAT(std::string(lines[at]), HasSubstr(mistake.help));
    }
    if (help) ++at;
  }
  EXPECT_EQ(at, lines.size()) << result.err;
}

TEST_F(LanguageCliTest, CheckSpeaksJson) {
  const std::string path = File("ten.yaml", TenMistakes());
  const Result result =
      Run("check --format json " + path + " " + kQuickstart + " /nonexistent.yaml");
  EXPECT_EQ(result.code, 5);
  const auto json = nlohmann::json::parse(result.out, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << result.out;
  ASSERT_EQ(json["files"].size(), 3u);
  const auto& ten = json["files"][0];
  EXPECT_EQ(ten["ok"], false);
  ASSERT_EQ(ten["diagnostics"].size(), std::size(kMistakes));
  const auto& fault = ten["diagnostics"][7];
  EXPECT_EQ(fault["severity"], "error");
  EXPECT_EQ(fault["line"], 8);
  EXPECT_EQ(fault["column"], 29);
  EXPECT_EQ(fault["length"], 7);
  EXPECT_EQ(fault["help"], "nearest is 'partition'");
  EXPECT_EQ(json["files"][1]["ok"], true);
  EXPECT_EQ(json["files"][1]["nodes"], 6);
  EXPECT_EQ(json["files"][2]["diagnostics"].size(), 1u);
  EXPECT_EQ(Run(std::string("check --format json ") + kQuickstart).code, 0);
}

TEST_F(LanguageCliTest, CheckAnnotatesPullRequests) {
  const std::string path = File("ten.yaml", TenMistakes());
  const Result result = Run("check --format github " + path);
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(SplitWords(result.out, "\n").size(), std::size(kMistakes)) << result.out;
  EXPECT_THAT(result.out, HasSubstr("::error file=" + path +
                                    ",line=8,col=29,endColumn=36::"
                                    "unknown fault 'partion'%0Ahelp: nearest is 'partition'\n"));
  EXPECT_THAT(result.out, HasSubstr("write 5%25"));
}

// ---- YAML and JSON ----

TEST_F(LanguageCliTest, YamlAndJsonAreTheSameRun) {
  const std::string yaml = File("pair.yaml", R"(version: 1
name: pair
seed: 7
cpu: {preset: redis-7, scale: 1.5}
cluster: {shards: 4, replicas_per_shard: 1, zones: [a, b], config: {cluster-node-timeout: 2s}}
network: {latency: {p50: 300us, p99: 2ms}, loss: 0.1%}
duration: 40s
timeline:
  - {at: 10s, for: 5s, fault: delay, between: [{zone: a}, {zone: b}], latency: [1ms, 5ms]}
  - {at: 20s, fault: kill, target: {percent: 25%, of: primaries, keep_one_per_shard: true}}
expect:
  - {state: covered, by: end}
)");
  const std::string json = File("pair.json", R"({"version": 1, "name": "pair", "seed": 7,
 "cpu": {"preset": "redis-7", "scale": 1.5},
 "cluster": {"shards": 4, "replicas_per_shard": 1, "zones": ["a", "b"],
             "config": {"cluster-node-timeout": "2s"}},
 "network": {"latency": {"p50": "300us", "p99": "2ms"}, "loss": "0.1%"},
 "duration": "40s",
 "timeline": [{"at": "10s", "for": "5s", "fault": "delay",
               "between": [{"zone": "a"}, {"zone": "b"}], "latency": ["1ms", "5ms"]},
              {"at": "20s", "fault": "kill",
               "target": {"percent": "25%", "of": "primaries", "keep_one_per_shard": true}}],
 "expect": [{"state": "covered", "by": "end"}]})");
  const Result one = Run("run --digest-only --seeds 1..3 " + yaml);
  const Result two = Run("run --digest-only --seeds 1..3 " + json);
  EXPECT_EQ(one.code, 0) << one.err;
  std::string text = two.out;
  for (size_t at = text.find(".json"); at != std::string::npos; at = text.find(".json")) {
    text.replace(at, 5, ".yaml");
  }
  EXPECT_EQ(one.out, text);
  EXPECT_THAT(one.out, HasSubstr("pair.yaml 3 "));
}

// ---- Your own cluster ----

constexpr const char* kRest =
    "duration: 60s\ntimeline:\n  - {at: 20s, fault: kill, target: {shard: 1, role: primary}}\n";

TEST_F(LanguageCliTest, ACapturedClusterRuns) {
  const fs::path golden = fs::absolute("tests/golden/data");
  for (const char* file :
       {"nodes_conf/valkey/steady-19400.conf", "nodes_conf/redis7/steady-7420.conf",
        "nodes_conf/valkey/failedover0-19401.conf", "nodes_conf/valkey/migrating-19400.conf",
        "nodes_conf/valkey/pfail1-19400.conf",
        "replies/valkey/steady-19400-resp2-CLUSTER_NODES.resp",
        "replies/valkey/steady-19400-resp3-CLUSTER_NODES.resp",
        "replies/redis7/steady-7420-resp2-CLUSTER_NODES.resp"}) {
    SCOPED_TRACE(file);
    const std::string path =
        File("mine.yaml",
             "version: 1\nname: mine\ncluster:\n  config: {cluster-node-timeout: 5s}\n  start: "
             "{nodes_conf: " +
                 (golden / file).string() + "}\n" + kRest);
    const Result result = Run("run --json --quiet " + path);
    EXPECT_EQ(result.code, 0) << result.err << result.out.substr(0, 3000);
    const auto json = nlohmann::json::parse(result.out, nullptr, false);
    ASSERT_FALSE(json.is_discarded());
    EXPECT_EQ(json["nodes"], 12);
    EXPECT_EQ(json["live_nodes"], 11);
    EXPECT_EQ(json["incidents"][0]["victim_times"][0]["role"], "primary");
  }
}

// A file that was saved in the midst of an incident: the node that it calls failed runs here.
TEST_F(LanguageCliTest, ANodeThatItsFileCallsFailedRecovers) {
  const fs::path conf = fs::absolute("tests/golden/data/nodes_conf/redis7/failstate0-7421.conf");
  const std::string path =
      File("mine.yaml",
           "version: 1\nname: mine\ncluster:\n  config: {cluster-node-timeout: 5s}\n  start: "
           "{nodes_conf: " +
               conf.string() + "}\nduration: 60s\nexpect: [{state: ok, by: end}]\n");
  const Result result = Run("run --quiet " + path);
  EXPECT_EQ(result.code, 0) << result.out;
}

TEST_F(LanguageCliTest, APastedClusterIsTheSameRun) {
  const std::string reply =
      ReadFile("tests/golden/data/replies/redis7/steady-7420-resp2-CLUSTER_NODES.resp");
  File("reply.txt", reply);
  const std::string head =
      "version: 1\nname: mine\ncluster:\n  config: {cluster-node-timeout: 5s}\n  start:";
  std::string pasted;
  for (const std::string_view line : SplitWords(reply, "\r\n")) {
    pasted += "      " + std::string(line) + "\n";
  }
  const std::string path = (directory_ / "mine.yaml").string();
  File("mine.yaml", head + " {nodes_conf: reply.txt}\n" + kRest);
  const Result file = Run("run --digest-only " + path);
  File("mine.yaml", head + "\n    cluster_nodes: |\n" + pasted + kRest);
  const Result text = Run("run --digest-only " + path);
  EXPECT_EQ(file.code, 0) << file.err;
  EXPECT_EQ(file.out, text.out) << text.err;
}

TEST_F(LanguageCliTest, NodesOfALayoutHaveNames) {
  const fs::path conf = fs::absolute("tests/golden/data/nodes_conf/valkey/steady-19400.conf");
  const auto check = [&](const std::string& target) {
    return Run(
        "check " +
        File("mine.yaml", "version: 1\nname: mine\ncluster: {start: {nodes_conf: " + conf.string() +
                              "}}\ntimeline:\n  - {at: 40s, fault: kill, target: {node: " + target +
                              "}}\n"));
  };
  for (const char* name : {"a3a5545f", "127.0.0.1:19402", "host-1.example.test", "shard2-node",
                           "[a3a5545f, 3, 5-7]"}) {
    EXPECT_EQ(check(name).code, 0) << name << check(name).err;
  }
  const Result wrong = check("a3a5545e");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("no node, or more than one, is called 'a3a5545e'"));
  EXPECT_THAT(check("12").err, HasSubstr("there are 12 nodes"));
}

TEST_F(LanguageCliTest, ReportsOfALayoutCallNodesByTheirNames) {
  const fs::path conf = fs::absolute("tests/golden/data/nodes_conf/valkey/steady-19400.conf");
  const std::string path =
      File("mine.yaml",
           "version: 1\nname: mine\ncluster: {config: {cluster-node-timeout: 5s}, start: "
           "{nodes_conf: " +
               conf.string() +
               "}}\nduration: 40s\ntimeline:\n"
               "  - {at: 20s, fault: kill, target: {node: 1}}\n"
               "  - {at: 21s, action: failover, target: {node: 3}}\n"
               "expect:\n  - {event: promoted, min: 1, max: 1}\n");
  constexpr const char* kName = "1e1b3764 host-1.example.test:19401";
  const auto out = [&](const char* name) { return (directory_ / name).string(); };
  const Result text = Run("run -q " + path + " --markdown " + out("m") + " --csv " + out("c") +
                          " --events " + out("e"));
  EXPECT_THAT(text.out, HasSubstr(std::string("names: 1 is ") + kName + "; 7 is 6a79cd85 "));
  EXPECT_THAT(text.out, HasSubstr("refused by node 3 (3f80942c 127.0.0.1:19403): "));
  EXPECT_THAT(text.out, HasSubstr(std::string("about node 1 (") + kName));
  EXPECT_THAT(ReadFile(out("m")), HasSubstr(std::string("node 1 (") + kName + ")"));
  EXPECT_THAT(ReadFile(out("c")), HasSubstr(std::string(",1 ") + kName + ","));
  EXPECT_THAT(ReadFile(out("e")),
              HasSubstr(std::string("\"victims\":[1],\"victim_names\":[\"") + kName));
  EXPECT_THAT(ReadFile(out("e")), HasSubstr(std::string("\"subject_name\":\"") + kName));
  const auto json = nlohmann::json::parse(Run("run -q --json " + path).out, nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["node_names"][1], kName);
  EXPECT_EQ(json["incidents"][0]["victim_times"][0]["name"], kName);
  EXPECT_THAT(Run("explain -q --node 7 " + path).out,
              HasSubstr(std::string("it wants to replace node 1 (") + kName));
}

TEST_F(LanguageCliTest, ABadLayoutIsAnErrorOfTheScenario) {
  const auto check = [&](const std::string& start) {
    const Result result =
        Run("check " + File("mine.yaml", "version: 1\nname: mine\ncluster: {" + start + "}\n"));
    EXPECT_EQ(result.code, 2) << start;
    return result.err;
  };
  EXPECT_THAT(check("start: {nodes_conf: nowhere.conf}"), HasSubstr("cannot read "));
  File("bad.conf", "vars currentEpoch x lastVoteEpoch 0\n");
  EXPECT_THAT(check("start: {nodes_conf: bad.conf}"), HasSubstr("bad.conf:1: "));
  EXPECT_THAT(check("start: {cluster_nodes: \"nonsense\"}"), HasSubstr("cluster_nodes:1: "));
  EXPECT_THAT(check("shards: 3, start: {cluster_nodes: \"nonsense\"}"),
              HasSubstr("shards beside a start from a layout"));
}

// ---- Shells and manuals ----

TEST_F(LanguageCliTest, ShellsComplete) {
  const auto words = [&](const std::string& typed, int position) {
    const std::string script =
        File("try.sh", "source '" + File("complete.sh", Run("completion bash").out) +
                           "'\nCOMP_WORDS=(" + typed + ")\nCOMP_CWORD=" + std::to_string(position) +
                           "\n_gossamer_sim\necho \"${COMPREPLY[*]}\"\n");
    const std::string out = (directory_ / "words").string();
    EXPECT_EQ(std::system(("bash " + script + " > " + out).c_str()), 0);
    return ReadFile(out);
  };
  EXPECT_EQ(words("gossamer-sim ru", 1), "run\n");
  EXPECT_EQ(words("gossamer-sim run --transp", 2), "--transport\n");
  EXPECT_EQ(words("gossamer-sim run --transport w", 3), "wire\n");
  EXPECT_EQ(words("gossamer-sim list fau", 2), "faults\n");
  EXPECT_EQ(words("gossamer-sim check --format g", 3), "github\n");
  EXPECT_EQ(words("gossamer-sim run scen", 2), "\n");
  for (const char* shell : {"zsh", "fish"}) {
    const Result result = Run(std::string("completion ") + shell);
    EXPECT_EQ(result.code, 0);
    EXPECT_THAT(result.out, HasSubstr("invariants"));
    EXPECT_THAT(result.out, HasSubstr("transport"));
  }
}

TEST_F(LanguageCliTest, TheManualNamesEveryCommandAndOption) {
  const Result man = Run("man");
  EXPECT_EQ(man.code, 0);
  EXPECT_THAT(man.out, StartsWith(".TH GOSSAMER"));
  for (const char* text :
       {".SS run", ".SS check", ".SS list", ".SS schema", ".SS completion", ".SS digests",
        "\\-\\-transport", "\\-\\-format", ".SH EXIT STATUS", ".SH EXAMPLES"}) {
    EXPECT_THAT(man.out, HasSubstr(text));
  }
  EXPECT_EQ(man.out, Run("man").out);
}

}  // namespace
}  // namespace gossamer
