// Why a node does not vote or does not fail over, in words. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_EVENT_TEXT_H_
#define GOSSAMER_SIM_REPORT_EVENT_TEXT_H_

#include <cstdint>
#include <string_view>

namespace gossamer::sim {

// Of a CantFailover, as an event carries it: "its data is too old".
std::string_view CantFailoverText(int64_t reason);
// Of a VoteRefusal: "the request's epoch is old".
std::string_view RefusalText(int64_t reason);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_EVENT_TEXT_H_
