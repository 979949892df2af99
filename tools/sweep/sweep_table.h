// The table of a sweep: a row per cell, and of each figure its median and spread. Thread safety: a
// pure function.
#ifndef GOSSAMER_TOOLS_SWEEP_SWEEP_TABLE_H_
#define GOSSAMER_TOOLS_SWEEP_SWEEP_TABLE_H_

#include <string>
#include <vector>

#include "sim/scenario/study.h"
#include "tools/sweep/sweep_cell.h"
#include "tools/sweep/sweep_line.h"

namespace gossamer::tool {

struct SweepRow {
  std::vector<std::string> labels;  // by axis
  std::vector<const SweepLine*> lines;
};

// The figures of a table that names none.
std::vector<SweepFigure> DefaultFigures();

// As many figures side by side as fit a report's width, else below each other.
std::string SweepTable(const std::vector<sim::StudyAxis>& axes, const std::vector<SweepRow>& rows,
                       const std::vector<SweepFigure>& figures);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_SWEEP_TABLE_H_
