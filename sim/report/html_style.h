// The style sheet of the HTML report: light and dark by the reader's preference, print, focus.
#ifndef GOSSAMER_SIM_REPORT_HTML_STYLE_H_
#define GOSSAMER_SIM_REPORT_HTML_STYLE_H_

#include <string_view>

namespace gossamer::sim {

// Holds no '<', '>' or '&', so that it needs no escaping in a style element.
extern const std::string_view kHtmlStyle;

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_HTML_STYLE_H_
