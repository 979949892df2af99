// Files that are replaced whole: a reader, or a server after a crash, finds the old content or the
// new one.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_ATOMIC_FILE_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_ATOMIC_FILE_H_

#include <string>
#include <string_view>

namespace gossamer::server {

// Writes a new file beside `path`, syncs it if asked, renames it over `path` and syncs the
// directory. With `lock`, the file is locked before it gets its name, and *lock is its descriptor
// from then on; the one before is closed. Empty, or one line that says what failed: `path` is then
// what it was, unless only the directory's sync failed.
std::string WriteFileAtomically(const std::string& path, std::string_view text, bool fsync,
                                int* lock = nullptr);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_ATOMIC_FILE_H_
