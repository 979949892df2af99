#include "sim/report/escape.h"

#include <cstddef>
#include <cstdint>

namespace gossamer::sim {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The length of the UTF-8 sequence at the start of `text`, and its code point; 0 for none.
size_t Sequence(std::string_view text, uint32_t* point) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    *point = lead;
    return 1;
  }
  const size_t length = lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : 2;
  if (lead < 0xC0 || lead >= 0xF8 || text.size() < length) return 0;
  *point = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    *point = *point << 6 | (byte(i) & 0x3Fu);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = *point >= 0xD800 && *point < 0xE000;
  return *point < kLeast[length] || *point > 0x10FFFF || surrogate ? 0 : length;
}

// Calls piece(bytes, point) for each character; broken bytes come one by one as U+FFFD.
template <class Piece>
void ForEachCharacter(std::string_view text, Piece piece) {
  while (!text.empty()) {
    uint32_t point = 0;
    const size_t length = Sequence(text, &point);
    if (length == 0) {
      piece(kReplacement, uint32_t{0xFFFD});
      text.remove_prefix(1);
      continue;
    }
    piece(text.substr(0, length), point);
    text.remove_prefix(length);
  }
}

// What XML writes for a character, or empty: itself.
std::string_view XmlReference(uint32_t point) {
  switch (point) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      break;
  }
  const bool allowed = point >= 0x20 && point != 0x7F && (point < 0x80 || point >= 0xA0) &&
                       point != 0xFFFE && point != 0xFFFF;
  return allowed ? std::string_view() : kReplacement;
}

std::string Percent(std::string_view text, std::string_view characters) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (characters.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

}  // namespace

std::string XmlEscape(std::string_view text) {
  std::string out;
  ForEachCharacter(text, [&](std::string_view bytes, uint32_t point) {
    const std::string_view reference = XmlReference(point);
    out += reference.empty() ? bytes : reference;
  });
  return out;
}

std::string ScriptEscape(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else {
      out += c;
    }
  }
  return out;
}

std::string MarkdownEscape(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_[]<>|&~#$";
  std::string out;
  ForEachCharacter(text, [&](std::string_view bytes, uint32_t point) {
    if (point < 0x20 || point == 0x7F) {
      out += ' ';
      return;
    }
    if (point < 0x80 && kSpecial.find(static_cast<char>(point)) != std::string_view::npos) {
      out += '\\';
    }
    out += bytes;
  });
  return out;
}

std::string CsvField(std::string_view text) {
  const bool blank = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!blank && text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string PrometheusLabel(std::string_view text) {
  std::string out;
  ForEachCharacter(text, [&](std::string_view bytes, uint32_t point) {
    if (point == '\\' || point == '"') out += '\\';
    if (point == '\n') {
      out += "\\n";
    } else {
      out += bytes;
    }
  });
  return out;
}

std::string GithubMessage(std::string_view text) { return Percent(text, "%\r\n"); }
std::string GithubProperty(std::string_view text) { return Percent(text, "%\r\n:,"); }

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,+@%-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace gossamer::sim
