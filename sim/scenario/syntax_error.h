// Syntax errors: what a parser of YAML stumbled over, in the terms of whoever wrote the file.
//
// The parser names its own state ("end of map flow not found") and the place where it gave up. From
// both and the text around it this says what is missing, and where. Guesses are for people: no
// decision hangs on them. Internal to the loader. Thread safety: values.
#ifndef GOSSAMER_SIM_SCENARIO_SYNTAX_ERROR_H_
#define GOSSAMER_SIM_SCENARIO_SYNTAX_ERROR_H_

#include <string>
#include <string_view>

#include "sim/scenario/scenario.h"

namespace gossamer::sim {

struct SyntaxError {
  SourcePlace place;
  std::string message;
  std::string help;  // may be empty
};

// `what`: the message of yaml-cpp 0.7, `at`: its place. Linear in the text. SOURCE: yaml-cpp
// exceptions.h.
SyntaxError ExplainSyntax(std::string_view text, SourcePlace at, std::string_view what);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_SYNTAX_ERROR_H_
