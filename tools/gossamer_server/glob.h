// GlobMatches: `*`, `?` and plain characters, as CONFIG GET and COMMAND LIST take them.
//
// At most pattern times text steps, whatever the pattern: clients choose it. Pure function.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_GLOB_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_GLOB_H_

#include <cstddef>
#include <string_view>

namespace gossamer::server {

inline bool GlobMatches(std::string_view pattern, std::string_view text) {
  size_t at = 0;
  size_t star = std::string_view::npos;  // the last one met
  size_t retry = 0;                      // where the text goes on if that star takes one more
  for (size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      retry = i;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_GLOB_H_
