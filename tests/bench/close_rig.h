// CloseNanos: how long a kernel takes to end the connections of a killed process.
//
// A child holds as many connections over loopback as a node of a cluster, half accepted and half
// opened, all with this process, and is killed. Thread safety: none. Errors: a failed system call
// stops the program.
#ifndef GOSSAMER_TESTS_BENCH_CLOSE_RIG_H_
#define GOSSAMER_TESTS_BENCH_CLOSE_RIG_H_

#include <cstddef>

namespace gossamer::bench {

// Nanoseconds from the first to the last end of `peers` pairs of connections, as the peers see it.
double CloseNanos(size_t peers);

}  // namespace gossamer::bench

#endif  // GOSSAMER_TESTS_BENCH_CLOSE_RIG_H_
