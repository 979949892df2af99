#include "core/cluster/quoted_words.h"

#include <cstddef>
#include <utility>

namespace gossamer {
namespace {

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char Escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

class WordReader {
 public:
  explicit WordReader(std::string_view line) : line_(line) {}

  bool Read(std::vector<std::string>* words) {
    for (;;) {
      while (at_ < line_.size() && IsBlank(line_[at_])) ++at_;
      if (at_ == line_.size()) return true;
      std::string word;
      while (!AtWordEnd()) {
        const char c = line_[at_++];
        if (c != '"' && c != '\'') {
          word.push_back(c);
        } else if (!(c == '"' ? ReadDouble(&word) : ReadSingle(&word)) || !AtWordEnd()) {
          return false;
        }
      }
      words->push_back(std::move(word));
    }
  }

 private:
  bool AtWordEnd() const { return at_ == line_.size() || IsBlank(line_[at_]); }

  bool ReadDouble(std::string* word) {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '"') return true;
      if (c == '\\' && at_ < line_.size()) {
        word->push_back(ReadEscape());
      } else {
        word->push_back(c);
      }
    }
    return false;
  }

  char ReadEscape() {
    const char c = line_[at_++];
    if (c == 'x' && at_ + 1 < line_.size()) {
      const int high = HexDigit(line_[at_]);
      const int low = HexDigit(line_[at_ + 1]);
      if (high >= 0 && low >= 0) {
        at_ += 2;
        return static_cast<char>(high * 16 + low);
      }
    }
    return Escaped(c);
  }

  bool ReadSingle(std::string* word) {
    while (at_ < line_.size()) {
      char c = line_[at_++];
      if (c == '\'') return true;
      if (c == '\\' && at_ < line_.size() && line_[at_] == '\'') c = line_[at_++];
      word->push_back(c);
    }
    return false;
  }

  std::string_view line_;
  size_t at_ = 0;
};

}  // namespace

bool SplitQuotedWords(std::string_view line, std::vector<std::string>* words) {
  return WordReader(line).Read(words);
}

}  // namespace gossamer
