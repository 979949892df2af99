// A hash of effects by what they say: equal in every process, whatever keys its names have.
#ifndef GOSSAMER_TOOLS_INPUT_LOG_EFFECTS_HASH_H_
#define GOSSAMER_TOOLS_INPUT_LOG_EFFECTS_HASH_H_

#include <cstdint>
#include <string>

#include "core/bus/name_table.h"
#include "core/cluster/effects.h"

namespace gossamer {

// 0 for none.
uint64_t HashEffects(const Effects& effects, const NameTable& names);
// One effect in a line: "send ping (8a...) on link 17".
std::string DescribeEffect(const Effect& effect, const NameTable& names);

}  // namespace gossamer

#endif  // GOSSAMER_TOOLS_INPUT_LOG_EFFECTS_HASH_H_
