// The events of a server's log file. Reads it line by line, so that its size does not matter.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_LOG_FILE_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_LOG_FILE_H_

#include <string>
#include <vector>

#include "tools/real_cluster/log_line.h"

namespace gossamer::real {

// In the order of the file. Empty, too, for a file that cannot be read.
std::vector<LogEvent> ReadLogFile(const std::string& path);

// The last lines of a file, for messages; at most so many bytes.
std::string TailOfFile(const std::string& path, size_t most_bytes);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_LOG_FILE_H_
