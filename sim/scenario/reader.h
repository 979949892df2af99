// Reader: takes typed values out of the tree, by the schema table. Internal to the loader.
//
// Every value is checked against its row of the table; what is wrong goes to the sink with its
// place, and reading goes on, so that one load finds all mistakes of a file.
#ifndef GOSSAMER_SIM_SCENARIO_READER_H_
#define GOSSAMER_SIM_SCENARIO_READER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/tree.h"

namespace gossamer::sim {

void ErrorAt(DiagnosticSink* sink, const TreeNode& node, std::string message,
             std::string help = "");

// "a, b, c".
std::string Listed(const std::vector<std::string_view>& words);
// The nearest of `words`, or all of them when none is near and they are few: "one of: a, b".
std::string NearestHelp(std::string_view word, const std::vector<std::string_view>& words);

// "a list", "text in quotes": what stands at a node, for messages.
std::string_view KindText(const TreeNode& node);

// REQUIRES: from <= to.
struct TimeRange {
  Duration from;
  Duration to;
};

// A map of the file, read by one section of the table. On construction it reports keys that the
// section does not have and required ones that are missing.
class MapReader {
 public:
  // `node` and `sink` must outlive the reader.
  MapReader(const TreeNode& node, Section section, DiagnosticSink* sink);

  // False if the node is no map; it has been reported then, and nothing can be read.
  bool ok() const { return node_->kind == TreeNode::Kind::kMap; }
  const TreeNode& node() const { return *node_; }
  DiagnosticSink* sink() const { return sink_; }
  bool Has(std::string_view key) const { return node_->Find(key) != nullptr; }
  // The value under `key`, or null. Null also when it is a YAML null, which is reported.
  const TreeNode* Value(std::string_view key) const;
  // The node of the key itself, for messages; the map's own when the key is absent.
  const TreeNode& KeyNode(std::string_view key) const;

  // Reports the keys of the section that this kind of item does not take.
  void RefuseForeignKeys(const KindInfo& kind,
                         std::initializer_list<std::string_view> common) const;

  // Each takes the value under a key whose row has a fitting type. True if it is there and valid;
  // otherwise *out stays. REQUIRES: the section has the key. Types: kText, kWord, kMetric.
  bool Read(std::string_view key, std::string* out) const;
  bool Read(std::string_view key, bool* out) const;         // kBoolean
  bool Read(std::string_view key, int64_t* out) const;      // kInteger
  bool Read(std::string_view key, uint32_t* out) const;     // kInteger, kFactor (percent)
  bool Read(std::string_view key, uint64_t* out) const;     // kSeed, kRate
  bool Read(std::string_view key, Duration* out) const;     // kDuration, kOffset, kMoment
  bool Read(std::string_view key, TimeRange* out) const;    // kMoments
  bool Read(std::string_view key, Ppm* out) const;          // kShare
  bool Read(std::string_view key, LatencySpec* out) const;  // kLatency
  bool Read(std::string_view key,
            std::vector<int64_t>* out) const;  // kNumbers, kNodes: sorted, without repeats
  bool Read(std::string_view key, std::vector<std::string>* out) const;  // kNames
  template <class T>
  bool Read(std::string_view key, std::optional<T>* out) const {
    T value{};
    if (!Read(key, &value)) return false;
    *out = value;
    return true;
  }

  // The scalar under `key`, or null; what is no scalar is reported. `number`: text in quotes is
  // refused.
  const TreeNode* Scalar(std::string_view key, bool number = false) const;
  // The items of a list under `key`; empty and reported when it is no list.
  std::vector<const TreeNode*> List(std::string_view key) const;

 private:
  const KeyInfo& Row(std::string_view key, std::initializer_list<ValueType> types) const;
  void CheckKeys();

  const TreeNode* node_;
  const SectionInfo* section_;
  DiagnosticSink* sink_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_READER_H_
