// ASCII letters in lower case: names of commands, options and directives are compared that way.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_LOWER_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_LOWER_H_

#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "core/base/strings.h"

namespace gossamer::server {

inline std::string Lower(std::string_view text) { return absl::AsciiStrToLower(ToAbsl(text)); }

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_LOWER_H_
