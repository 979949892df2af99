// Intrusive reference counting for immutable objects shared inside one host.
//
// The count is not atomic: a host (one simulation run, one server's bus thread) is single-threaded.
#ifndef GOSSAMER_CORE_BASE_REF_H_
#define GOSSAMER_CORE_BASE_REF_H_

#include <cstddef>
#include <utility>

namespace gossamer {

// Owning pointer to a T that offers `void AddRef() const` and `void Unref() const`.
template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): null converts as with any pointer
  explicit Ref(T* object) : object_(object) {
    if (object_ != nullptr) object_->AddRef();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->Unref();
  }

  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

 private:
  T* object_ = nullptr;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_REF_H_
