#include "sim/report/output_filter.h"

#include <algorithm>

namespace gossamer::sim {
namespace {

static_assert(kEventTypes + kExtraEvents <= 64 && kMessageTypes + 1 <= 32);

// In the order of ExtraEvent.
constexpr std::string_view kExtraNames[] = {"vote-requested", "vote-sent", "incident",
                                            "incident-end",   "restart",   "end"};
static_assert(std::size(kExtraNames) == kExtraEvents);

}  // namespace

std::string_view ExtraEventName(ExtraEvent event) {
  return kExtraNames[static_cast<size_t>(event)];
}

std::vector<std::string_view> EventWords() {
  std::vector<std::string_view> words;
  for (size_t i = 0; i < kEventTypes; ++i)
    words.push_back(EventTypeName(static_cast<EventType>(i)));
  words.insert(words.end(), std::begin(kExtraNames), std::end(kExtraNames));
  return words;
}

std::vector<std::string_view> PacketWords() {
  std::vector<std::string_view> words;
  for (size_t i = 0; i < kMessageTypes; ++i) {
    words.push_back(MessageTypeName(static_cast<MessageType>(i)));
  }
  words.emplace_back("tcp");
  return words;
}

void OutputFilter::OnlyNodes(const std::vector<int64_t>& nodes) {
  some_nodes_ = true;
  for (const int64_t node : nodes) {
    const auto index = static_cast<size_t>(node);
    if (index >= nodes_.size()) nodes_.resize(index + 1);
    nodes_[index] = true;
  }
}

bool OutputFilter::AddType(std::string_view word) {
  const std::vector<std::string_view> events = EventWords();
  const auto event = std::find(events.begin(), events.end(), word);
  if (event != events.end()) {
    events_ |= uint64_t{1} << (event - events.begin());
    return true;
  }
  const std::vector<std::string_view> packets = PacketWords();
  const auto packet = std::find(packets.begin(), packets.end(), word);
  if (packet == packets.end()) return false;
  packets_ |= uint32_t{1} << (packet - packets.begin());
  return true;
}

void OutputFilter::OnlyWindow(Instant from, Instant until) {
  from_ = from;
  until_ = until;
}

}  // namespace gossamer::sim
