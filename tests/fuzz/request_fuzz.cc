// The parser of client requests: the same requests and error whatever the pieces that bytes arrive
// in.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/resp/request_parser.h"

namespace gossamer {
namespace {

std::vector<std::vector<std::string>> Parse(std::string_view bytes, size_t piece,
                                            std::string* error) {
  RequestParser parser;
  std::vector<std::vector<std::string>> requests;
  for (size_t at = 0; at < bytes.size() && parser.error().empty(); at += piece) {
    parser.Feed(bytes.substr(at, piece));
    while (parser.Next(true) == RequestParser::Result::kRequest) {
      requests.push_back(parser.words());
    }
  }
  *error = parser.error();
  return requests;
}

}  // namespace
}  // namespace gossamer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  std::string whole_error;
  std::string error;
  const auto whole = gossamer::Parse(bytes, bytes.size() + 1, &whole_error);
  const auto pieces = gossamer::Parse(bytes, size_t{data[0]} + 1, &error);
  GOSSAMER_CHECK(whole == pieces && whole_error == error);
  return 0;
}
