#include "tools/gossamer_server/nodes_conf_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace gossamer::server {
namespace {

namespace fs = std::filesystem;

constexpr char kConf[] =
    "0123456789012345678901234567890123456789 127.0.0.1:7000@17000 myself,master - 0 0 1 connected "
    "0-5\nvars currentEpoch 1 lastVoteEpoch 0\n";

class NodesConfFileTest : public testing::Test {
 protected:
  NodesConfFileTest() {
    std::string pattern = (fs::temp_directory_path() / "nodes-conf-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    path_ = (directory_ / "nodes.conf").string();
  }
  ~NodesConfFileTest() override { fs::remove_all(directory_); }

  std::string Content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path directory_;
  std::string path_;
  std::optional<NodesConf> conf_;
  std::string error_;
};

TEST_F(NodesConfFileTest, ANewFileIsEmptyAndWhatWasSavedComesBack) {
  {
    NodesConfFile file;
    ASSERT_TRUE(file.Open(path_, &conf_, &error_)) << error_;
    EXPECT_FALSE(conf_.has_value());
    EXPECT_EQ(file.SaveNow(kConf, true), "");
  }
  EXPECT_EQ(Content(), kConf);
  NodesConfFile again;
  ASSERT_TRUE(again.Open(path_, &conf_, &error_)) << error_;
  ASSERT_TRUE(conf_.has_value());
  EXPECT_EQ(conf_->nodes.size(), 1u);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

TEST_F(NodesConfFileTest, TheLockOutlastsSaves) {
  NodesConfFile file;
  ASSERT_TRUE(file.Open(path_, &conf_, &error_));
  ASSERT_EQ(file.SaveNow(kConf, false), "");
  NodesConfFile other;
  EXPECT_FALSE(other.Open(path_, &conf_, &error_));
  EXPECT_NE(error_.find("in use by another server"), std::string::npos);
}

TEST_F(NodesConfFileTest, ADamagedFileIsRefusedWithItsLine) {
  std::ofstream(path_) << "nonsense\n";
  NodesConfFile file;
  EXPECT_FALSE(file.Open(path_, &conf_, &error_));
  EXPECT_NE(error_.find("nodes.conf:1"), std::string::npos) << error_;
}

TEST_F(NodesConfFileTest, SavesOnItsOwnThreadAndTellsOfFailures) {
  NodesConfFile file;
  ASSERT_TRUE(file.Open(path_, &conf_, &error_));
  std::promise<std::string> done;
  file.Start([&done](std::string error) { done.set_value(std::move(error)); });
  file.Save(kConf, true);
  EXPECT_EQ(done.get_future().get(), "");
  EXPECT_EQ(Content(), kConf);
  fs::remove_all(directory_);
  done = {};
  file.Save(kConf, true);
  EXPECT_NE(done.get_future().get(), "");
}

}  // namespace
}  // namespace gossamer::server
