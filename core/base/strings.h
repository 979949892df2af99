// Bridges between std and Abseil strings, and the small text helpers that every layer needs.
//
// Debian's Abseil is built with its own string_view: it converts neither way to std::string_view.
// These two functions are the only crossing; they also compile where both are one type.
#ifndef GOSSAMER_CORE_BASE_STRINGS_H_
#define GOSSAMER_CORE_BASE_STRINGS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/string_view.h"

namespace gossamer {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

// Decimal u64 without sign, blanks or leading '+'. False, and *value untouched, for anything else
// or on overflow.
bool ParseU64(std::string_view text, uint64_t* value);

// ASCII letters in lower case: names of options, units and commands are compared that way.
std::string Lower(std::string_view text);

// The candidate with the smallest edit distance to `word`, or empty when none is near enough to be
// a likely typo (distance at most 1 + word length / 4). Ties go to the earliest candidate.
std::string_view NearestWord(std::string_view word,
                             const std::vector<std::string_view>& candidates);

// Non-empty pieces of `text` between any of the characters in `separators`.
std::vector<std::string_view> SplitWords(std::string_view text, std::string_view separators = " ");

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_STRINGS_H_
