#include "tools/real_cluster/process.h"

#include <csignal>

#include "gtest/gtest.h"
#include "tools/real_cluster/log_file.h"
#include "tools/real_cluster/ports.h"

namespace gossamer::real {
namespace {

std::string OutputPath() { return ::testing::TempDir() + "/real_cluster_output"; }

TEST(Process, DoesNotOutliveItsObjectEvenWhenStopped) {
  std::string error;
  auto process = Process::Start("/bin/sleep", {"1000"}, OutputPath(), &error);
  ASSERT_NE(process, nullptr) << error;
  const pid_t pid = process->pid();
  EXPECT_FALSE(process->Ended());
  process->Signal(SIGSTOP);
  process.reset();
  EXPECT_NE(kill(pid, 0), 0) << "the process is still there";
}

TEST(Process, TellsHowItEnded) {
  std::string error;
  const auto process = Process::Start("/bin/sh", {"-c", "echo $TZ; exit 3"}, OutputPath(), &error);
  ASSERT_NE(process, nullptr) << error;
  ASSERT_TRUE(process->WaitForEnd(Seconds(60)));
  EXPECT_EQ(process->EndText(), "ended with 3");
  EXPECT_EQ(TailOfFile(OutputPath(), 100), "UTC");
  std::remove(OutputPath().c_str());
}

TEST(Process, OneThatCannotBeRunSaysSo) {
  std::string error;
  const auto text = OutputOf("/no/such/program", {}, &error);
  ASSERT_TRUE(text.has_value()) << error;
  EXPECT_EQ(*text, "No such file or directory");
}

TEST(Ports, AreGivenOnceAndLeaveRoomForTheBus) {
  Ports ports;
  const auto first = ports.Next();
  const auto second = ports.Next();
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_LT(*first + kBusPortOffset, 32768);
}

}  // namespace
}  // namespace gossamer::real
