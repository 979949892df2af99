// The crash report: what a fatal signal leaves in the log before the process dies of it.
//
// SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGABRT, so failed checks too: a heading with the
// version and the process, the signal, the stack with names where the program has symbols. Then the
// signal's default action follows, a core dump if those are wanted. Abseil says so on standard
// error too. Thread safety: install once, before there are other threads; a report can come from
// any of them.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_CRASH_REPORT_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_CRASH_REPORT_H_

#include <string>

namespace gossamer::server {

// `program` is argv[0], `process` a line that tells this server from others. `descriptor` is
// written to for as long as the process lives.
void InstallCrashReport(const char* program, const std::string& process, int descriptor);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_CRASH_REPORT_H_
