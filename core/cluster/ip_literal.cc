#include "core/cluster/ip_literal.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace gossamer {
namespace {

constexpr size_t kGroups = 8;
using Groups = std::array<uint16_t, kGroups>;

// Four decimal numbers without leading zeros.
bool ParseV4(std::string_view text, std::array<uint8_t, 4>* bytes) {
  size_t at = 0;
  for (size_t i = 0; i < bytes->size(); ++i) {
    if (i > 0 && (at >= text.size() || text[at++] != '.')) return false;
    const size_t begin = at;
    uint32_t value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      if (at - begin == 3) return false;
      value = value * 10 + static_cast<uint32_t>(text[at] - '0');
    }
    const size_t digits = at - begin;
    if (digits == 0 || value > 255 || (digits > 1 && text[begin] == '0')) return false;
    (*bytes)[i] = static_cast<uint8_t>(value);
  }
  return at == text.size();
}

std::string FormatV4(const std::array<uint8_t, 4>& bytes) {
  std::string out;
  for (const uint8_t byte : bytes) {
    if (!out.empty()) out.push_back('.');
    out += std::to_string(byte);
  }
  return out;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Groups of one side of "::", the last of which may be an IPv4 address. False when `text` is
// something else.
bool ParseGroups(std::string_view text, bool v4_allowed, Groups* groups, size_t* count) {
  if (text.empty()) return true;
  for (;;) {
    const size_t end = text.find(':');
    const std::string_view group = text.substr(0, end);
    std::array<uint8_t, 4> v4;
    if (end == std::string_view::npos && v4_allowed && ParseV4(group, &v4)) {
      if (*count + 2 > kGroups) return false;
      (*groups)[(*count)++] = static_cast<uint16_t>(v4[0] << 8 | v4[1]);
      (*groups)[(*count)++] = static_cast<uint16_t>(v4[2] << 8 | v4[3]);
      return true;
    }
    if (group.empty() || group.size() > 4 || *count == kGroups) return false;
    uint32_t value = 0;
    for (const char c : group) {
      if (HexValue(c) < 0) return false;
      value = value * 16 + static_cast<uint32_t>(HexValue(c));
    }
    (*groups)[(*count)++] = static_cast<uint16_t>(value);
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool ParseV6(std::string_view text, Groups* groups) {
  *groups = {};
  const size_t gap = text.find("::");
  size_t count = 0;
  if (gap == std::string_view::npos) {
    return ParseGroups(text, /*v4_allowed=*/true, groups, &count) && count == kGroups;
  }
  if (!ParseGroups(text.substr(0, gap), /*v4_allowed=*/false, groups, &count)) return false;
  Groups tail{};
  size_t tail_count = 0;
  if (!ParseGroups(text.substr(gap + 2), /*v4_allowed=*/true, &tail, &tail_count)) return false;
  if (count + tail_count >= kGroups) return false;
  for (size_t i = 0; i < tail_count; ++i) (*groups)[kGroups - tail_count + i] = tail[i];
  return true;
}

void AppendHex(uint16_t value, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const int digit = (value >> shift) & 15;
    started = started || digit != 0 || shift == 0;
    if (started) out->push_back(kHex[digit]);
  }
}

// The first of the longest runs of at least two zero groups.
void LongestZeroRun(const Groups& groups, size_t* begin, size_t* length) {
  *begin = kGroups;
  *length = 1;
  for (size_t i = 0; i < kGroups;) {
    size_t end = i;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - i > *length) {
      *begin = i;
      *length = end - i;
    }
    i = end + 1;
  }
}

std::string FormatV6(const Groups& groups) {
  size_t run = 0;
  size_t length = 0;
  LongestZeroRun(groups, &run, &length);
  // ::a.b.c.d and ::ffff:a.b.c.d are shown with the IPv4 address inside.
  const bool dotted = run == 0 && (length == 6 || (length == 5 && groups[5] == 0xffff));
  const size_t hex_groups = dotted ? kGroups - 2 : kGroups;
  std::string out;
  for (size_t i = 0; i < hex_groups; ++i) {
    if (i == run) {
      out += "::";
      i += length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out.push_back(':');
    AppendHex(groups[i], &out);
  }
  if (!dotted) return out;
  if (out.back() != ':') out.push_back(':');
  return out + FormatV4({static_cast<uint8_t>(groups[6] >> 8), static_cast<uint8_t>(groups[6]),
                         static_cast<uint8_t>(groups[7] >> 8), static_cast<uint8_t>(groups[7])});
}

}  // namespace

std::optional<std::string> CanonicalIp(std::string_view text) {
  std::array<uint8_t, 4> v4;
  if (ParseV4(text, &v4)) return FormatV4(v4);
  Groups groups;
  if (text.find(':') != std::string_view::npos && ParseV6(text, &groups)) return FormatV6(groups);
  return std::nullopt;
}

}  // namespace gossamer
