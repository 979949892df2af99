// Runs the real binary, as a user does, and keeps what it says.
#ifndef GOSSAMER_TESTS_TOOLS_GOSSAMER_SIM_CLI_FIXTURE_H_
#define GOSSAMER_TESTS_TOOLS_GOSSAMER_SIM_CLI_FIXTURE_H_

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace gossamer {

namespace fs = std::filesystem;

inline std::string ReadFile(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class CliTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() /
                 ("gossamer_cli_" + std::to_string(::getpid()) + "_" +
                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  struct Result {
    int code = -1;
    std::string out;
    std::string err;
  };
  // `before`: words in front of the program.
  Result Run(const std::string& arguments, const std::string& before = "") const {
    const fs::path out = directory_ / "out";
    const fs::path err = directory_ / "err";
    const std::string command = before + " " + GOSSAMER_SIM_PROGRAM + " " + arguments + " > " +
                                out.string() + " 2> " + err.string();
    const int status = std::system(command.c_str());
    Result result;
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.out = ReadFile(out);
    result.err = ReadFile(err);
    return result;
  }
  // A scenario file of that name with `more` in it.
  std::string Scenario(const std::string& name, const std::string& more) const {
    const fs::path path = directory_ / (name + ".yaml");
    std::ofstream(path) << "version: 1\nname: " << name << "\n"
                        << "cluster: {shards: 3, replicas_per_shard: 1}\n"
                        << more;
    return path.string();
  }
  // Another file beside it.
  std::string File(const std::string& name, const std::string& text) const {
    const fs::path path = directory_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  fs::path directory_;
};

}  // namespace gossamer

#endif  // GOSSAMER_TESTS_TOOLS_GOSSAMER_SIM_CLI_FIXTURE_H_
