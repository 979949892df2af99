// A small XML parser: enough to say whether a report is well formed and to find things in it. A
// script's text is taken as HTML takes it: raw, up to "</script".
#ifndef GOSSAMER_TESTS_SIM_REPORT_XML_CHECK_H_
#define GOSSAMER_TESTS_SIM_REPORT_XML_CHECK_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gossamer::sim {

struct XmlNode {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // directly in it, references resolved
  std::vector<XmlNode> children;

  // All descendants called `wanted`, in order.
  std::vector<const XmlNode*> All(std::string_view wanted) const {
    std::vector<const XmlNode*> found;
    for (const XmlNode& child : children) {
      if (child.name == wanted) found.push_back(&child);
      for (const XmlNode* deeper : child.All(wanted)) found.push_back(deeper);
    }
    return found;
  }
  std::string Attribute(const std::string& key) const {
    const auto found = attributes.find(key);
    return found == attributes.end() ? std::string() : found->second;
  }
  // Its own and its descendants' text.
  std::string AllText() const {
    std::string all = text;
    for (const XmlNode& child : children) all += child.AllText();
    return all;
  }
};

class XmlParser {
 public:
  explicit XmlParser(std::string_view text) : rest_(text), all_(text) {}

  // The root, or a node without a name and a failed expectation.
  XmlNode Parse() {
    if (Take("<?xml")) Skip("?>");
    Blanks();
    if (Take("<!DOCTYPE")) Skip(">");
    Blanks();
    XmlNode root = Element();
    Blanks();
    if (error_.empty() && !rest_.empty()) error_ = "something follows the root";
    EXPECT_EQ(error_, "") << "at byte " << all_.size() - rest_.size() << ": "
                          << rest_.substr(0, 80);
    return error_.empty() ? root : XmlNode();
  }

 private:
  bool Take(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool Fail(const std::string& what) {
    if (error_.empty()) error_ = what;
    return false;
  }
  void Skip(std::string_view end) {
    const size_t at = rest_.find(end);
    if (at == std::string_view::npos) {
      Fail("no end");
      return;
    }
    rest_.remove_prefix(at + end.size());
  }
  void Blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n\t"), rest_.size())); }
  std::string Name() {
    const size_t size = std::min(rest_.find_first_of(" \n\t=/><\"'&"), rest_.size());
    const std::string name(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (name.empty()) Fail("no name");
    return name;
  }
  // Text up to one of `stops`, references resolved.
  std::string Text(std::string_view stops) {
    std::string out;
    while (error_.empty() && !rest_.empty() && stops.find(rest_.front()) == stops.npos) {
      const unsigned char c = static_cast<unsigned char>(rest_.front());
      if (c < 0x20 && c != '\n' && c != '\t') Fail("control character");
      if (c != '&') {
        out += rest_.front();
        rest_.remove_prefix(1);
        continue;
      }
      const size_t end = rest_.find(';');
      if (end == std::string_view::npos || end > 8) {
        Fail("bare ampersand");
        break;
      }
      Reference(std::string(rest_.substr(1, end - 1)), &out);
      rest_.remove_prefix(end + 1);
    }
    return out;
  }
  void Reference(const std::string& name, std::string* out) {
    static const std::map<std::string, char> kNamed = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    if (const auto found = kNamed.find(name); found != kNamed.end()) {
      *out += found->second;
    } else if (name.size() > 1 && name[0] == '#') {
      *out += static_cast<char>(std::atoi(name.c_str() + 1));
    } else {
      Fail("unknown reference " + name);
    }
  }
  void Attributes(XmlNode* node) {
    for (Blanks(); error_.empty() && !rest_.empty() && rest_[0] != '>' && rest_[0] != '/';
         Blanks()) {
      const std::string key = Name();
      if (!Take("=\"")) Fail("attribute without a value");
      const std::string value = Text("\"<");
      if (!Take("\"")) Fail("attribute without an end");
      if (!node->attributes.emplace(key, value).second) Fail("attribute twice");
    }
  }
  void Raw(XmlNode* node) {
    const size_t end = std::min(rest_.find("</script"), rest_.size());
    node->text = std::string(rest_.substr(0, end));
    rest_.remove_prefix(end);
  }
  XmlNode Element() {
    XmlNode node;
    if (!Take("<")) Fail("no element");
    node.name = Name();
    Attributes(&node);
    if (Take("/>")) return node;
    if (!Take(">")) Fail("no end of a tag");
    if (node.name == "script") Raw(&node);
    while (error_.empty()) {
      node.text += Text("<");
      if (Take("</")) {
        if (Name() != node.name) Fail("another element ends than " + node.name);
        if (!Take(">")) Fail("no end of a tag");
        break;
      }
      if (rest_.empty()) Fail("no end of " + node.name);
      if (Take("<!--")) {
        const size_t end = rest_.find("--");
        if (end == rest_.npos || rest_[end + 2] != '>') Fail("two hyphens in a comment");
        Skip("-->");
        continue;
      }
      if (error_.empty()) node.children.push_back(Element());
    }
    return node;
  }

  std::string_view rest_;
  std::string_view all_;
  std::string error_;
};

inline XmlNode ParseXml(std::string_view text) { return XmlParser(text).Parse(); }

}  // namespace gossamer::sim

#endif  // GOSSAMER_TESTS_SIM_REPORT_XML_CHECK_H_
