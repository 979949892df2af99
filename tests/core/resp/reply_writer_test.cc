#include "core/resp/reply_writer.h"

#include <string>

#include "gtest/gtest.h"

namespace gossamer {
namespace {

std::string All(int protocol) {
  std::string out;
  ReplyWriter w(protocol, &out);
  w.Array(2);
  w.Simple("OK");
  w.Integer(-7);
  w.Map(1);
  w.Bulk("k");
  w.Bulk(std::string("a\r\n\0b", 5));
  w.Set(1);
  w.Verbatim("text");
  w.Null();
  w.NullArray();
  w.Boolean(true);
  w.Boolean(false);
  return out;
}

TEST(ReplyWriter, Resp2) {
  EXPECT_EQ(
      All(2),
      std::string("*2\r\n+OK\r\n:-7\r\n*2\r\n$1\r\nk\r\n$5\r\na\r\n\0b\r\n*1\r\n$4\r\ntext\r\n"
                  "$-1\r\n*-1\r\n:1\r\n:0\r\n",
                  68));
}

TEST(ReplyWriter, Resp3) {
  EXPECT_EQ(All(3),
            std::string("*2\r\n+OK\r\n:-7\r\n%1\r\n$1\r\nk\r\n$5\r\na\r\n\0b\r\n~1\r\n=8\r\n"
                        "txt:text\r\n_\r\n_\r\n#t\r\n#f\r\n",
                        68));
}

TEST(ReplyWriter, AnErrorIsOneLine) {
  std::string out = "+before\r\n";
  ReplyWriter(2, &out).Error("ERR two\r\nlines\n");
  EXPECT_EQ(out, "+before\r\n-ERR two  lines \r\n");
}

}  // namespace
}  // namespace gossamer
