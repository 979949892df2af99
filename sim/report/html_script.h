// The scripts of the HTML report: uPlot (third_party/uplot) and ours (html_page.js), as they stand
// in their files. The definitions are generated at build time.
#ifndef GOSSAMER_SIM_REPORT_HTML_SCRIPT_H_
#define GOSSAMER_SIM_REPORT_HTML_SCRIPT_H_

#include <string_view>

namespace gossamer::sim {

// None holds what would end a script or style element. The
// *Sha256 are sources of a Content-Security-Policy, "sha256-...", over the bytes of each.
extern const std::string_view kUplotScript;
extern const std::string_view kUplotScriptSha256;
extern const std::string_view kUplotStyle;
extern const std::string_view kUplotStyleSha256;
extern const std::string_view kUplotLicence;
extern const std::string_view kUplotLicenceSha256;
extern const std::string_view kPageScript;
extern const std::string_view kPageScriptSha256;

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_HTML_SCRIPT_H_
