#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace gossamer {

void CheckFailed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s, at %s:%d\n", what, file, line);
  std::abort();
}

}  // namespace gossamer
