#include "sim/scenario/tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <map>
#include <sstream>
#include <utility>

#include "sim/scenario/syntax_error.h"

namespace gossamer::sim {
namespace {

// Leaves the parser; the message has been given to the sink.
class Stop : public std::exception {};

SourcePlace PlaceOf(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Builds the tree from the parser's events. INVARIANT: `open_` holds the collections around the
// next value.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, DiagnosticSink* sink) : text_(text), sink_(sink) {}

  TreeNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    TreeNode node;
    node.place = PlaceOf(mark);
    // A missing value is marked at whatever comes next: show it beside its key.
    if (!open_.empty() && open_.back().has_key) {
      const TreeNode& key = open_.back().node.keys.back();
      if (At(mark).substr(0, 4) != "null" && At(mark).substr(0, 1) != "~") {
        node.place = key.place;
        node.length = key.length;
      }
    }
    Add(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseTag(mark, tag);
    TreeNode node;
    node.kind = TreeNode::Kind::kScalar;
    node.place = PlaceOf(mark);
    node.quoted = tag == "!";
    node.length = LengthAt(mark, value);
    node.text = value;
    Add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) Fail(PlaceOf(mark), "an alias inside of what it stands for");
    Count(found->second.values, found->second.bytes, PlaceOf(mark));
    Place(found->second.node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(TreeNode::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(TreeNode::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override {
    RefuseDuplicates(open_.back().node);
    Close();
  }

 private:
  struct Frame {
    TreeNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  // a map whose next value belongs to its last key
    size_t values = 0;     // totals before it, to size what an anchor stands for
    size_t bytes = 0;
  };
  struct Anchor {
    TreeNode node;
    size_t values = 0;
    size_t bytes = 0;
  };

  [[noreturn]] void Fail(SourcePlace place, std::string message, std::string help = "") {
    sink_->Add(Severity::kError, place, 1, std::move(message), std::move(help));
    throw Stop();
  }

  std::string_view At(const YAML::Mark& mark) const {
    if (mark.pos < 0 || static_cast<size_t>(mark.pos) > text_.size()) return {};
    return text_.substr(static_cast<size_t>(mark.pos));
  }

  // What messages underline: the scalar as it stands in the file, with its quotes.
  int LengthAt(const YAML::Mark& mark, const std::string& value) const {
    const std::string_view rest = At(mark);
    if (!value.empty() && rest.starts_with(value)) return static_cast<int>(value.size());
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
      for (size_t end = 1; end < rest.size() && rest[end] != '\n'; ++end) {
        if (rest[end] == '\\' && rest.front() == '"') {
          ++end;
        } else if (rest[end] == rest.front()) {
          return static_cast<int>(end) + 1;
        }
      }
    }
    return 1;
  }

  void Count(size_t values, size_t bytes, SourcePlace place) {
    values_ += values;
    bytes_ += bytes;
    if (values_ > kMaxValues || bytes_ > kMaxExpandedBytes) {
      Fail(place, "the file stands for more than " + std::to_string(kMaxValues) + " values or " +
                      std::to_string(kMaxExpandedBytes) + " bytes, aliases expanded");
    }
  }

  void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    Fail(PlaceOf(mark), "tags are not part of the language", "write the value without its tag");
  }

  void Open(TreeNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    RefuseTag(mark, tag);
    if (open_.size() >= kMaxNesting) {
      Fail(PlaceOf(mark), "nested deeper than " + std::to_string(kMaxNesting) + " levels");
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.place = PlaceOf(mark);
    frame.anchor = anchor;
    frame.values = values_;
    frame.bytes = bytes_;
    open_.push_back(std::move(frame));
  }

  void Close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    Count(1, 0, frame.node.place);
    if (frame.anchor != 0) {
      const size_t values = values_ - frame.values;
      const size_t bytes = bytes_ - frame.bytes;
      // The copy is memory too: anchors around anchors multiply it.
      Count(values, bytes, frame.node.place);
      anchors_[frame.anchor] = {frame.node, values, bytes};
    }
    Place(std::move(frame.node));
  }

  void Add(TreeNode node, YAML::anchor_t anchor) {
    Count(1, node.text.size(), node.place);
    if (anchor != 0) anchors_[anchor] = {node, 1, node.text.size()};
    Place(std::move(node));
  }

  void Place(TreeNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = open_.back();
    if (frame.node.kind == TreeNode::Kind::kList) {
      frame.node.items.push_back(std::move(node));
    } else if (frame.has_key) {
      frame.node.items.push_back(std::move(node));
      frame.has_key = false;
    } else {
      PlaceKey(&frame, std::move(node));
    }
  }

  void PlaceKey(Frame* frame, TreeNode key) {
    if (key.kind != TreeNode::Kind::kScalar) Fail(key.place, "a key must be a word");
    if (key.text == "<<") {
      sink_->Add(Severity::kError, key.place, key.length, "merge keys are not part of the language",
                 "write the keys out");
      key.refused = true;
    }
    frame->node.keys.push_back(std::move(key));
    frame->has_key = true;
  }

  void RefuseDuplicates(const TreeNode& map) {
    std::map<std::string_view, const TreeNode*> seen;
    for (const TreeNode& key : map.keys) {
      const auto [first, added] = seen.emplace(key.text, &key);
      if (added) continue;
      sink_->Add(Severity::kError, key.place, key.length, "key '" + key.text + "' appears twice",
                 "it stands on line " + std::to_string(first->second->place.line) + " already");
    }
  }

  std::string_view text_;
  DiagnosticSink* sink_;
  TreeNode root_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Anchor> anchors_;
  size_t values_ = 0;
  size_t bytes_ = 0;
};

// The place of the first byte that is not UTF-8 or is a control character, or nothing.
std::optional<SourcePlace> FindBadByte(std::string_view text) {
  SourcePlace place{1, 1};
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    bool bad = lead == 0x7f || (lead < 0x20 && lead != '\n' && lead != '\r' && lead != '\t') ||
               (lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + length > text.size();
    if (!bad && length > 2) {
      // Overlong forms, surrogates, and what is above U+10FFFF.
      const auto second = static_cast<unsigned char>(text[i + 1]);
      bad = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ||
            (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90);
    }
    for (size_t k = 1; !bad && k < length; ++k) {
      bad = (static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80;
    }
    if (bad) return place;
    place.column += static_cast<int>(length);
    if (lead == '\n') place = {place.line + 1, 1};
    i += length;
  }
  return std::nullopt;
}

bool CheckText(std::string_view text, DiagnosticSink* sink) {
  if (text.size() > kMaxFileBytes) {
    sink->Add(Severity::kError, {}, 1,
              "the file has " + std::to_string(text.size()) + " bytes, at most " +
                  std::to_string(kMaxFileBytes));
    return false;
  }
  if (const auto place = FindBadByte(text)) {
    sink->Add(Severity::kError, *place, 1, "not UTF-8 text: a byte that no character has here");
    return false;
  }
  return true;
}

// Comments and blanks only.
bool HasNoWords(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') return false;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return true;
}

}  // namespace

const TreeNode* TreeNode::Find(std::string_view key) const {
  for (size_t i = 0; i < keys.size() && i < items.size(); ++i) {
    if (keys[i].text == key) return &items[i];
  }
  return nullptr;
}

std::optional<TreeNode> ReadTree(std::string_view text, DiagnosticSink* sink) {
  if (!CheckText(text, sink)) return std::nullopt;
  if (HasNoWords(text)) {
    sink->Add(Severity::kError, {}, 1, "the file is empty", "a scenario begins with version: 1");
    return std::nullopt;
  }
  Builder builder(text, sink);
  try {
    // yaml-cpp takes a last newline for the end of a quote, but no end of a document within one.
    std::istringstream in{std::string(text) + (text.ends_with('\n') ? "...\n" : "")};
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    TreeNode root = builder.TakeRoot();
    Builder rest(text, sink);
    if (parser.HandleNextDocument(rest)) {
      const TreeNode second = rest.TakeRoot();
      sink->Add(Severity::kError, second.place, 1, "a second document begins here",
                "one file holds one scenario");
    }
    return root;
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    SyntaxError syntax = ExplainSyntax(text, PlaceOf(error.mark), error.msg);
    sink->Add(Severity::kError, syntax.place, 1, std::move(syntax.message), std::move(syntax.help));
  } catch (const std::exception& error) {
    sink->Add(Severity::kError, {}, 1, std::string("the file cannot be read: ") + error.what());
  }
  return std::nullopt;
}

}  // namespace gossamer::sim
