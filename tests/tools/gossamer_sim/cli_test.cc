// The program as a user meets it: arguments, output, exit codes. Runs the real binary.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
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
// The rest of a scenario whose expectation cannot be met.
constexpr const char* kUnmet =
    "duration: 60s\ntimeline:\n  - {at: 20s, fault: kill, target: {node: 0}}\n"
    "expect:\n  - {state: covered, within: 1s, after: 20s}\n";

TEST_F(CliTest, HelpOfEveryCommand) {
  for (const std::string command :
       {"", "run ", "check ", "list ", "schema ", "completion ", "man ", "digests ", "fidelity ",
        "replay ", "replay-node ", "diff ", "explain "}) {
    SCOPED_TRACE(command);
    const Result result = Run(command + "--help");
    EXPECT_EQ(result.code, 0);
    for (const char* part : {"\nUsage: gossamer-sim ", "\nExamples:\n", "\nExit codes:\n",
                             "\nEverywhere:\n", "--color auto|always|never", "man -l"}) {
      EXPECT_THAT(result.out, HasSubstr(part));
    }
    EXPECT_THAT(result.out, HasSubstr(command));
    for (const std::string_view line : SplitWords(result.out, "\n")) EXPECT_LE(line.size(), 100u);
  }
  EXPECT_THAT(Run("run --help").out, HasSubstr("--transport typed|wire|shadow"));
}

TEST_F(CliTest, ColoursAreAskedForOrOnATerminal) {
  const std::string run = std::string("run -q ") + kQuickstart;
  const auto colours = [](const std::string& text) { return text.find('\x1b') != text.npos; };
  EXPECT_FALSE(colours(Run(run).out));
  EXPECT_TRUE(colours(Run("--color always " + run).out)) << "before the command too";
  EXPECT_TRUE(colours(Run(run, "CLICOLOR_FORCE=1").out));
  EXPECT_FALSE(colours(Run(run, "CLICOLOR_FORCE=0").out));
  EXPECT_FALSE(colours(Run(run, "CLICOLOR_FORCE=1 NO_COLOR=1").out));
  EXPECT_FALSE(colours(Run(run + " --color never", "CLICOLOR_FORCE=1").out));
  EXPECT_TRUE(colours(Run(run + " --color=always", "NO_COLOR=1").out));
  EXPECT_TRUE(colours(Run("run --help --color always").out));
  EXPECT_FALSE(colours(Run("run --help").out));
  const std::string bad = Scenario("bad", "timeline:\n  - {at: 5s, fault: partion}\n");
  EXPECT_THAT(Run("check --color always " + bad).err, HasSubstr("\x1b[1;31merror:\x1b[0m"));
  EXPECT_FALSE(colours(Run("check " + bad).err));
}

// The handler can do little: the file says that the program failed, not which run.
TEST_F(CliTest, AnAbortLeavesAnErrorInTheJunitFile) {
  const std::string file = Scenario(
      "endless", "duration: 30d\nexpect:\n  - {event: fail-set, about: live, never: true}\n");
  const fs::path junit = directory_ / "j.xml";
  const std::string script = std::string("sh -c '") + GOSSAMER_SIM_PROGRAM + " run " + file +
                             " --junit " + junit.string() +
                             " > /dev/null 2>&1 & run=$!; while [ ! -s " + junit.string() +
                             ".partial ]; do sleep 0.05; done; kill -ABRT $run; wait $run'";
  const int status = std::system(script.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 70);
  const std::string text = ReadFile(junit);
  EXPECT_THAT(text, HasSubstr("errors=\"1\""));
  EXPECT_THAT(text, HasSubstr("<error message=\"gossamer-sim run " + file));
  EXPECT_THAT(text, HasSubstr("</testsuites>\n"));
}

TEST_F(CliTest, VersionNamesTheBuild) {
  const Result result = Run("--version");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, StartsWith("gossamer-sim "));
  EXPECT_THAT(result.out, HasSubstr("build "));
  EXPECT_THAT(result.out, HasSubstr("digest version "));
}

TEST_F(CliTest, UsageErrorsSayWhatIsMeant) {
  struct Case {
    const char* arguments;
    const char* error;
  };
  const Case cases[] = {
      {"", "required"},
      {"-x run", "unknown option '-x'; see gossamer-sim --help"},
      {"run x.yaml -x", "unknown option '-x'; see gossamer-sim run --help"},
      {"run x.yaml --seed", "--seed: 1 required value missing; see gossamer-sim run --help"},
      {"--color nevr run x.yaml", "did you mean 'never'?"},
      {"run x.yaml --progress plian", "did you mean 'plain'?"},
      {"rnu x.yaml", "unknown command 'rnu'; did you mean 'run'?"},
      {"run x.yaml --sed 3", "unknown option '--sed'; did you mean '--seed'?"},
      {"run x.yaml --transport wier", "did you mean 'wire'?"},
      {"run x.yaml --rules valkey-8.2", "did you mean 'valkey-8.0'?"},
      {"run x.yaml --bugs vote-twice,V-76", "did you mean 'V-762'?"},
      {"run x.yaml --cpu redis7", "did you mean 'redis-7'?"},
      {"run x.yaml --seed 1x", "--seed"},
      {"run x.yaml --seed 0xZZ", "0xZZ"},
      {"run x.yaml --seeds 5", "1..20"},
      {"run x.yaml --seeds 5..4", "above"},
      {"run x.yaml --seed 1 --seeds 1..2", "beside"},
      {"run x.yaml --jobs 0", "--jobs"},
      {"run x.yaml --stop-at 15", "--stop-at"},
      {"run x.yaml --json --events -", "stdout"},
      {"run x.yaml --seeds 1..2 --events f", "one seed"},
      {"run x.yaml --seeds 1..2 --perfetto f", "--perfetto takes one scenario and one seed"},
      {"run x.yaml y.yaml --pcap f", "--pcap takes one scenario and one seed"},
      {"run x.yaml y.yaml --node-log d", "--node-log takes one scenario and one seed"},
      {"run x.yaml --pcap -", "expected a file"},
      {"run x.yaml --pcap a --perfetto a", "--perfetto and --pcap name the same file"},
      {"run x.yaml --only-nodes 1", "--only-nodes without --events"},
      {"run x.yaml --record f --window 1s..2s", "--window without --events"},
      {"run x.yaml --events f --only-types fail-st", "did you mean 'fail-set'?"},
      {"run x.yaml --pcap f --only-types auth-rq", "did you mean 'auth-req'?"},
      {"run x.yaml --pcap f --only-types ping,fail-set", "'fail-set' is an event, which --pcap"},
      {"run x.yaml --events f --only-types ping", "'ping' is a message, which only --pcap shows"},
      {"run x.yaml --events f --window 5s", "expected one like 20s..30s"},
      {"run x.yaml --events f --window 5s..4s", "the first is after the last"},
      {"run x.yaml --events f --window 5..9s", "--window"},
      {"run x.yaml --annotations gihtub", "did you mean 'github'?"},
      {"run x.yaml --junit -", "expected a file"},
      {"run x.yaml --junit a --csv a", "--junit and --csv name the same file"},
      {"list fautls", "did you mean 'faults'?"},
      {"run", "FILE"},
      {"sweep x.yaml --min-seeds 3", "--min-seeds without --until"},
      {"plot x.jsonl --x a --y b --out x.png", "ends in .svg, not .png"},
      {"explain x.yaml --node 0 --at 20", "write 20s"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.arguments);
    const Result result = Run(c.arguments);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, HasSubstr(c.error));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

TEST_F(CliTest, WhatCannotBeReadIsAFaultOfTheEnvironment) {
  for (const std::string command :
       {"run", "check", "sweep", "explain --node 0", "replay", "plot --x a --y b --out p.svg",
        "diff x.yaml", "compare --rules valkey-9.0 valkey-9.1", "fidelity"}) {
    const Result result = Run(command + " /nonexistent.yaml");
    EXPECT_EQ(result.code, 5) << command;
    EXPECT_THAT(result.err, HasSubstr("cannot read /nonexistent.yaml")) << command;
  }
  EXPECT_EQ(Run("run " + directory_.string()).code, 5);
}

TEST_F(CliTest, NoOutputOverwritesAnInput) {
  const std::string file = Scenario("kept", "duration: 1s\n");
  const std::string before = ReadFile(file);
  for (const std::string option : {"run --csv ", "run --record ", "sweep --fresh --out "}) {
    const Result result = Run(option + file + " " + file);
    EXPECT_EQ(result.code, 2) << option;
    EXPECT_THAT(result.err, HasSubstr("would overwrite what is read")) << option;
    EXPECT_EQ(ReadFile(file), before) << option;
  }
}

TEST_F(CliTest, RunReportsAsText) {
  const Result result = Run(std::string("run ") + kQuickstart);
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_THAT(result.out, StartsWith("gossamer-sim "));
  EXPECT_THAT(result.out, HasSubstr("first FAIL anywhere"));
  EXPECT_THAT(result.out, HasSubstr("Verdict: pass"));
}

TEST_F(CliTest, JsonIsAllThatGoesToStdout) {
  const Result result = Run(std::string("run --json --seed 0x2a ") + kQuickstart);
  EXPECT_EQ(result.code, 0);
  const auto json = nlohmann::json::parse(result.out, nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["seed"], 42);
  EXPECT_EQ(json["verdict"], "pass");
  EXPECT_EQ(json["incidents"].size(), 1u);
  EXPECT_TRUE(json["incidents"][0]["cluster_ok_us"].is_number());
  EXPECT_THAT(result.err, HasSubstr("seed 42"));
}

TEST_F(CliTest, SeveralSeedsDoNotDependOnThreads) {
  const std::string run = std::string("run --json --quiet --seeds 1..4 ") + kQuickstart;
  const auto one = nlohmann::json::parse(Run(run).out, nullptr, false);
  const auto two = nlohmann::json::parse(Run(run + " --jobs 3").out, nullptr, false);
  ASSERT_FALSE(one.is_discarded() || two.is_discarded());
  EXPECT_EQ(one["digest"], two["digest"]);
  ASSERT_EQ(one["runs"].size(), 4u);
  EXPECT_EQ(one["runs"][2]["seed"], 3);
  EXPECT_NE(one["runs"][0]["digest"], one["runs"][1]["digest"]);
}

TEST_F(CliTest, AnUnmetExpectationIsAFinding) {
  const std::string file = Scenario("finding", kUnmet);
  const Result result = Run("run " + file);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("Verdict: fail"));
  EXPECT_THAT(result.out, HasSubstr("To reproduce:\n  gossamer-sim run " + file + " --seed 1"));
}

TEST_F(CliTest, AnEarlyEndIsInconclusive) {
  for (const char* end : {"--stop-at 30s", "--max-events 1000"}) {
    const Result result = Run(std::string("run ") + kQuickstart + " " + end);
    EXPECT_EQ(result.code, 3) << end;
    EXPECT_THAT(result.out, HasSubstr("Verdict: inconclusive"));
  }
}

TEST_F(CliTest, AnInterruptEndsCleanlyWithWhatIsKnown) {
  const std::string file = Scenario(
      "endless", "duration: 30d\nexpect:\n  - {event: fail-set, about: live, never: true}\n");
  const fs::path out = directory_ / "interrupted";
  // The first line says that the signal will be caught; on a busy machine the run itself may start
  // later.
  for (const char* delay : {"0.2", "1", "5"}) {
    const std::string script = std::string("sh -c '") + GOSSAMER_SIM_PROGRAM + " run " + file +
                               " > " + out.string() + " 2> /dev/null & run=$!; while [ ! -s " +
                               out.string() + " ]; do sleep 0.05; done; sleep " + delay +
                               "; kill -INT $run; wait $run'";
    const int status = std::system(script.c_str());
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    const std::string text = ReadFile(out);
    fs::remove(out);
    if (text.find("Digest: ") == std::string::npos) continue;
    EXPECT_THAT(text, HasSubstr("ended early: interrupted"));
    return;
  }
  FAIL() << "no report after an interrupt";
}

TEST_F(CliTest, EventsAreJsonLines) {
  const Result result = Run(std::string("run --events - --quiet ") + kQuickstart);
  EXPECT_EQ(result.code, 0);
  size_t fails = 0;
  std::string last;
  for (const std::string_view line : SplitWords(result.out, "\n")) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << line;
    ASSERT_TRUE(json["t_us"].is_number());
    last = json["event"];
    if (last == "fail-set") ++fails;
  }
  EXPECT_GT(fails, 0u);
  EXPECT_EQ(last, "end");
  EXPECT_THAT(result.err, HasSubstr("Verdict: pass"));
  EXPECT_EQ(Run(std::string("run --events /nonexistent/e --quiet ") + kQuickstart).code, 5);
}

TEST_F(CliTest, OtherProgramsFiles) {
  const auto path = [this](const char* name) { return (directory_ / name).string(); };
  const std::string run = std::string("run --quiet --digest-only ") + kQuickstart;
  fs::create_directories(directory_ / "logs");
  for (const char* name : {"logs/node-6.log", "logs/mine.log", "logs/node-1.log.old"}) {
    std::ofstream(path(name)) << "old";
  }
  const std::string outputs = " --perfetto " + path("p") + " --pcap " + path("c") + " --node-log " +
                              path("logs") + " --events " + path("e");
  const Result result = Run(run + outputs);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, Run(run).out) << "watching changes nothing";
  EXPECT_THAT(ReadFile(path("c")), HasSubstr("scenarios/quickstart.yaml"));
  EXPECT_THAT(ReadFile(path("c")), HasSubstr("seed 1, rules gossamer, digest version"));
  EXPECT_THAT(ReadFile(path("p")), HasSubstr("shard 2"));
  EXPECT_THAT(ReadFile(path("logs/node-5.log")), HasSubstr(" 01 Jan 2026 00:01:"));
  EXPECT_FALSE(fs::exists(path("logs/node-6.log"))) << "of an earlier run";
  EXPECT_EQ(ReadFile(path("logs/mine.log")), "old");
  EXPECT_EQ(ReadFile(path("logs/node-1.log.old")), "old");
  // Again, with nothing but what is asked for.
  const std::string before = ReadFile(path("p"));
  const std::string log = ReadFile(path("logs/node-5.log"));
  EXPECT_EQ(Run(run + outputs).code, 0);
  EXPECT_TRUE(ReadFile(path("p")) == before);
  EXPECT_EQ(ReadFile(path("logs/node-5.log")), log) << "not twice in it";
  EXPECT_EQ(
      Run(run + outputs + " --only-nodes 1,4-5 --window 60s.. --only-types fail-set,tcp").code, 0);
  EXPECT_FALSE(fs::exists(path("logs/node-0.log")));
  EXPECT_THAT(ReadFile(path("c")), HasSubstr("only nodes 1,4-5\nonly types fail-set, tcp\n"
                                             "only from 60s"));
  const std::string events = ReadFile(path("e"));
  for (const std::string_view line : SplitWords(events, "\n")) {
    EXPECT_THAT(std::string(line), HasSubstr("\"event\":\"fail-set\""));
  }
}

TEST_F(CliTest, OtherProgramsFilesThatCannotBeWritten) {
  const std::string run = std::string("run --quiet ") + kQuickstart;
  for (const char* option : {"--perfetto", "--pcap", "--node-log"}) {
    const Result result = Run(run + " " + option + " /proc/nowhere/x");
    EXPECT_EQ(result.code, 5) << option;
    EXPECT_THAT(result.err, HasSubstr("cannot write /proc/nowhere/x"));
  }
  EXPECT_EQ(Run(run + " --pcap /dev/full").code, 5);
  const Result nodes = Run(run + " --events /dev/null --only-nodes 6");
  EXPECT_EQ(nodes.code, 2);
  EXPECT_THAT(nodes.err, HasSubstr("--only-nodes: node 6 does not exist: there are 6 nodes"));
}

TEST_F(CliTest, PlantedBugsChangeTheRunAndAreNamed) {
  const std::string path = Scenario("planted",
                                    "rules: {base: gossamer, bugs: no-due-pings}\nseed: 3\n"
                                    "duration: 40s\nexpect: [{event: fail-set, never: true}]\n");
  const Result one = Run("run -q " + path);
  EXPECT_EQ(one.code, 0);
  EXPECT_THAT(one.out, HasSubstr("rules gossamer+no-due-pings,"));
  const Result two = Run("run -q --json --bugs vote-twice,fail-alone,no-due-pings " + path);
  const auto json = nlohmann::json::parse(two.out);
  EXPECT_EQ(json["rules"], "gossamer");
  EXPECT_EQ(json["bugs"], nlohmann::json({"no-due-pings", "vote-twice", "fail-alone"}));

  const std::string kill =
      Scenario("kill", "timeline: [{at: 30s, fault: kill, target: {node: 0}}]\nduration: 90s\n");
  EXPECT_EQ(Run("run -q " + kill).code, 0);
  const Result found = Run("run -q --bugs V-1032 " + kill);
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.out, HasSubstr("durable_vote"));
  EXPECT_THAT(found.out, HasSubstr("--seed 1 --bugs V-1032\n"));
}

TEST_F(CliTest, ARecordingIsReplayedAndCompared) {
  const auto record = [this](const std::string& name, const std::string& more) {
    const std::string path = (directory_ / name).string();
    EXPECT_EQ(Run("run -q --record " + path + " " + more + " " + kQuickstart).code, 0);
    return path;
  };
  const std::string first = record("first", "");
  const std::string same = record("same", "--record-full");
  const std::string other = record("other", "--seed 2 --rules valkey-9.1 --bugs no-update");

  const Result replayed = Run("replay " + first);
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("the same: "));
  EXPECT_EQ(Run("replay " + other).code, 0) << "rules, bugs and seed are in the recording";
  EXPECT_EQ(Run("diff " + first + " " + same).code, 0);
  EXPECT_EQ(Run("diff " + first + " " + kQuickstart).code, 0);
  const Result itself =
      Run(std::string("diff --rules valkey-9.0 ") + kQuickstart + " " + kQuickstart);
  EXPECT_EQ(itself.code, 2);
  EXPECT_THAT(itself.err, HasSubstr("with the same options"));
  const Result parted = Run("diff " + first + " " + other);
  EXPECT_EQ(parted.code, 1) << "other questions have other answers";
  EXPECT_THAT(parted.out, HasSubstr("asked for differently: seeds "));
  EXPECT_THAT(parted.out, HasSubstr(", other rules\n"));
  EXPECT_THAT(parted.out, HasSubstr("the runs part at record "));
  EXPECT_THAT(parted.out, HasSubstr("\"event\":\"incident\""));

  const std::string whole = ReadFile(first);
  const fs::path cut = directory_ / "cut";
  std::ofstream(cut, std::ios::binary) << whole.substr(0, whole.size() / 2);
  EXPECT_EQ(Run("replay " + cut.string()).code, 3) << "it breaks off";
  const Result none = Run(std::string("replay ") + kQuickstart);
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("not a recording"));
}

TEST_F(CliTest, ARecordingOfYourOwnClusterIsReplayed) {
  const fs::path conf = fs::absolute("tests/golden/data/nodes_conf/valkey/steady-19400.conf");
  const std::string scenario =
      File("own.yaml", "version: 1\nname: own\ncluster: {start: {nodes_conf: " + conf.string() +
                           "}}\nduration: 30s\n");
  const std::string recording = (directory_ / "own.rec").string();
  Run("run -q --record " + recording + " " + scenario);
  const Result replayed = Run("replay " + recording);
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("the same: "));
}

TEST_F(CliTest, ExplainTellsOfOneNode) {
  const Result result = Run(std::string("explain -q --node 1 ") + kQuickstart);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("fault 0: kill of it"));
  EXPECT_THAT(result.out, HasSubstr("wins its place"));
  const Result none = Run(std::string("explain -q --node 6 ") + kQuickstart);
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("node 6 does not exist: there are 6 nodes"));
  const Result several = Run(std::string("explain -q --node 1-2 ") + kQuickstart);
  EXPECT_EQ(several.code, 2);
  EXPECT_THAT(several.err, HasSubstr("several nodes"));
  EXPECT_EQ(Run(std::string("explain -q ") + kQuickstart).code, 2) << "which node?";
}

TEST_F(CliTest, ReportFilesAreWholeAndNamedWhenTheyCannotBeWritten) {
  const auto path = [this](const char* name) { return (directory_ / name).string(); };
  const std::string run = std::string("run --quiet --seeds 1..2 ") + kQuickstart;
  std::ofstream(path("j.xml")) << "old";
  const Result result =
      Run(run + " --junit " + path("j.xml") + " --markdown " + path("m.md") + " --csv " +
          path("c.csv") + " --prometheus " + path("p.prom") + " --html " + path("r.html"));
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(ReadFile(path("j.xml")), StartsWith("<?xml version"));
  EXPECT_THAT(ReadFile(path("m.md")), HasSubstr("2 passed"));
  EXPECT_THAT(ReadFile(path("c.csv")), StartsWith("file,scenario,seed,"));
  EXPECT_THAT(ReadFile(path("p.prom")), StartsWith("# HELP "));
  const std::string html = ReadFile(path("r.html"));
  EXPECT_THAT(html.substr(0, 15), "<!DOCTYPE html>");
  EXPECT_EQ(Run(run + " --jobs 2 --html " + path("r.html")).code, 0);
  EXPECT_TRUE(ReadFile(path("r.html")) == html);
  for (const auto& entry : fs::directory_iterator(directory_)) {
    EXPECT_NE(entry.path().extension(), ".partial");
  }
  // A link stays a link.
  fs::create_symlink(path("c.csv"), path("link.csv"));
  std::ofstream(path("c.csv")) << "old";
  EXPECT_EQ(Run(run + " --csv " + path("link.csv")).code, 0);
  EXPECT_TRUE(fs::is_symlink(path("link.csv")));
  EXPECT_THAT(ReadFile(path("c.csv")), StartsWith("file,scenario,seed,"));
  const Result unwritable = Run(run + " --csv /nonexistent/c.csv");
  EXPECT_EQ(unwritable.code, 5);
  EXPECT_THAT(unwritable.err, HasSubstr("cannot write /nonexistent/c.csv"));
  EXPECT_EQ(Run(run + " --csv /dev/full").code, 5);
}

TEST_F(CliTest, AnnotationsNameFileAndLine) {
  const std::string file = Scenario("noted", kUnmet);
  const Result result = Run("run --json --annotations github " + file);
  EXPECT_EQ(result.code, 1);
  EXPECT_FALSE(nlohmann::json::parse(result.out, nullptr, false).is_discarded());
  EXPECT_THAT(result.err, HasSubstr("\n::error file=" + file + ",line=8,title=noted"));
}

TEST_F(CliTest, DigestsAreHeld) {
  const std::string file = Scenario("tiny", "duration: 10s\n");
  const std::string digests = (directory_ / "digests.txt").string();
  EXPECT_EQ(Run("digests --check " + digests).code, 2);
  EXPECT_EQ(Run("digests --update --check " + digests).code, 0);
  std::string text = ReadFile(digests);
  EXPECT_THAT(text, HasSubstr("\ntiny.yaml 3 "));
  for (const char* transport : {"typed", "wire", "shadow"}) {
    const Result same = Run("digests --check " + digests + " --transport " + transport);
    EXPECT_EQ(same.code, 0) << transport << ": " << same.out;
  }
  text.back() = ' ';
  text[text.size() - 2] = text[text.size() - 2] == '0' ? '1' : '0';
  std::ofstream(digests) << text << "\n";
  const Result other = Run("digests --check " + digests);
  EXPECT_EQ(other.code, 4);
  EXPECT_THAT(other.out, HasSubstr("differs  tiny.yaml seed 3"));
  std::ofstream(digests) << "# nothing\n";
  EXPECT_EQ(Run("digests --check " + digests).code, 2);
}

}  // namespace

TEST_F(CliTest, TooLittleMemoryIsTheEnvironmentsFault) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer itself reserves more";
#endif
  for (const char* limit : {"ulimit -v 150000;", "ulimit -v 250000;"}) {
    const Result result = Run("run scenarios/storm/ten_percent_2000.yaml --stop-at 3s -q", limit);
    EXPECT_EQ(result.code, 5) << result.err;
    EXPECT_NE(result.err.find("out of memory"), std::string::npos) << result.err;
  }
}

}  // namespace gossamer
