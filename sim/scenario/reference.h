// The reference of the scenario language in Markdown, made from the schema table. It stands in
// scenarios/README.md between two marker lines. Thread safety: a pure function.
#ifndef GOSSAMER_SIM_SCENARIO_REFERENCE_H_
#define GOSSAMER_SIM_SCENARIO_REFERENCE_H_

#include <string>

namespace gossamer::sim {

// Ends with a newline; without the marker lines.
std::string LanguageReference();

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_REFERENCE_H_
