// A vector whose resize() leaves new elements as the memory was.
//
// For buffers that are overwritten as a whole right after: value-initialising them would cost as
// much as filling them. Everything else is std::vector's. REQUIRES of who resizes: writes every new
// element before anybody reads it.
#ifndef GOSSAMER_CORE_BASE_UNINITIALIZED_VECTOR_H_
#define GOSSAMER_CORE_BASE_UNINITIALIZED_VECTOR_H_

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace gossamer {

template <class T>
class UninitializedAllocator : public std::allocator<T> {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  template <class U>
  struct rebind {
    using other = UninitializedAllocator<U>;
  };

  UninitializedAllocator() = default;
  // Allocators convert.
  template <class U>
  // NOLINTNEXTLINE(google-explicit-constructor)
  UninitializedAllocator(const UninitializedAllocator<U>& /*other*/) noexcept {}

  void construct(T* /*at*/) noexcept {}
  template <class... Args>
  void construct(T* at, Args&&... args) {
    std::construct_at(at, std::forward<Args>(args)...);
  }
};

template <class T>
using UninitializedVector = std::vector<T, UninitializedAllocator<T>>;

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_UNINITIALIZED_VECTOR_H_
