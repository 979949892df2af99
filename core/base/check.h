// CHECK: programmer errors abort, in every build.
//
// Untrusted input never reaches a CHECK: it is refused with a typed error before. NDEBUG changes
// nothing here.
#ifndef GOSSAMER_CORE_BASE_CHECK_H_
#define GOSSAMER_CORE_BASE_CHECK_H_

namespace gossamer {

// Prints "CHECK failed: <what>, at <file>:<line>" to standard error and aborts.
[[noreturn]] void CheckFailed(const char* what, const char* file, int line);

}  // namespace gossamer

#define GOSSAMER_CHECK(condition) \
  (static_cast<bool>(condition) ? (void)0 : ::gossamer::CheckFailed(#condition, __FILE__, __LINE__))

#endif  // GOSSAMER_CORE_BASE_CHECK_H_
