// The options of `compare` and `plot`.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_STUDY_ARGUMENTS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_STUDY_ARGUMENTS_H_

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace gossamer::tool {

struct Arguments;
struct Raw;

struct StudyArguments {
  // compare: two words, of A and of B; or none
  std::vector<std::string> rules;
  std::vector<std::string> cpus;
  std::vector<std::string> configs;  // "name=value,..."
  std::vector<std::string> cell_a;   // AXIS=LABEL
  std::vector<std::string> cell_b;
  std::vector<std::string> figures;  // empty: the default ones; {"all"}
  std::string json;                  // path, empty: none

  // plot
  std::string x;
  std::string y;
  std::string panel;
  std::string series;
  std::string as = "scatter";
  std::string points;  // path, empty: none
  std::string out;
  std::vector<std::string> where;
  bool trace = false;
};

void AddStudies(CLI::App* app, Raw* raw, Arguments* out);

// By its name: results of `sweep` end in .jsonl.
bool IsResultsFile(const std::string& path);

// Throws UsageError.
void CheckCompare(const Arguments& arguments);
void CheckPlot(const Arguments& arguments);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_STUDY_ARGUMENTS_H_
