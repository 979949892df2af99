// Memory by cache lines: for tables whose layout decides the speed. Pure.
#ifndef GOSSAMER_CORE_BASE_CACHE_LINE_H_
#define GOSSAMER_CORE_BASE_CACHE_LINE_H_

#include <cstddef>
#include <new>
#include <vector>

namespace gossamer {

inline constexpr size_t kCacheLineBytes = 64;

// An allocator whose memory begins at a cache line.
template <class T>
struct LineAllocator {
  using value_type = T;

  LineAllocator() = default;
  template <class U>
  explicit LineAllocator(const LineAllocator<U>&) {}

  T* allocate(size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{kCacheLineBytes}));
  }
  void deallocate(T* p, size_t /*n*/) { ::operator delete (p, std::align_val_t{kCacheLineBytes}); }
  bool operator==(const LineAllocator&) const { return true; }
};

template <class T>
using LineAlignedVector = std::vector<T, LineAllocator<T>>;

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_CACHE_LINE_H_
