// Config options: the options of a cluster member by Valkey's names and in Valkey's own notation,
// as data.
//
// A host reads configuration files and answers CONFIG GET and CONFIG SET through this table;
// ClusterOptions holds the values and the defaults. Notation: yes/no, decimal integers without a
// unit (milliseconds or seconds as the option says), memory sizes such as 64mb, words, text.
// SOURCE: semantics spec section 15. Thread safety: constants and pure functions.
#ifndef GOSSAMER_CORE_CLUSTER_CONFIG_OPTIONS_H_
#define GOSSAMER_CORE_CLUSTER_CONFIG_OPTIONS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/cluster/options.h"

namespace gossamer {

enum class OptionType : uint8_t {
  kYesNo,
  kInteger,
  kMillis,
  kSeconds,
  kBytes,
  kPort,
  kText,
  kWord
};

// How a text option is checked beyond its length.
enum class TextRule : uint8_t { kAny, kAddress, kHostname, kNodename };

// Where an option lives. kNoField: Valkey knows it and its value is checked, but the cluster core
// has no use for it.
struct NoField {};
using OptionField = std::variant<NoField, bool ClusterOptions::*, int64_t ClusterOptions::*,
                                 uint16_t ClusterOptions::*, uint32_t ClusterOptions::*,
                                 uint64_t ClusterOptions::*, Duration ClusterOptions::*,
                                 std::string ClusterOptions::*, EndpointType ClusterOptions::*>;

struct OptionInfo {
  std::string_view name;
  OptionType type = OptionType::kInteger;
  OptionField field;
  int64_t min = 0;  // of numbers, in the option's own unit; of texts: most characters in `max`
  int64_t max = 0;
  TextRule text_rule = TextRule::kAny;
  bool fixed = false;       // only at start-up
  bool zero_keeps = false;  // 0 stands for the host's own port: the field stays as the host set it
  std::string_view words = "";     // kWord: separated by blanks
  std::string_view fallback = "";  // the default of an option without a field

  bool used() const { return !std::holds_alternative<NoField>(field); }
};

// All of them, by name.
std::span<const OptionInfo> OptionInfos();
// The option called `name` (lower case), or null.
const OptionInfo* FindOption(std::string_view name);
// The nearest name to a misspelt one, or empty.
std::string_view NearestOption(std::string_view name);

// Sets option `name` to what `text` says. False with one line in *error, and *options untouched,
// for an unknown name (the nearest one is named) or a value that is no value of its type or out of
// its range.
bool ApplyOption(std::string_view name, std::string_view text, ClusterOptions* options,
                 std::string* error);

// The value in the notation that ApplyOption reads; empty for an unknown name.
std::string OptionText(std::string_view name, const ClusterOptions& options);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_CONFIG_OPTIONS_H_
