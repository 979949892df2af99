// Draws a Plot as an SVG file that stands alone, on white so that it reads on any page.
//
// At most kFigureWidth wide. The same plot gives the same bytes. Thread safety: pure functions.
#ifndef GOSSAMER_TOOLS_SWEEP_PLOT_SVG_H_
#define GOSSAMER_TOOLS_SWEEP_PLOT_SVG_H_

#include <string>

#include "tools/sweep/plot.h"

namespace gossamer::tool {

std::string PlotSvg(const Plot& plot);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_PLOT_SVG_H_
