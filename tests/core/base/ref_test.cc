#include "core/base/ref.h"

#include <gtest/gtest.h>

#include <utility>

namespace gossamer {
namespace {

struct Counted {
  mutable int refs = 0;
  void AddRef() const { ++refs; }
  void Unref() const { --refs; }
};

TEST(RefTest, CountsOwners) {
  Counted object;
  {
    Ref<Counted> a(&object);
    EXPECT_EQ(object.refs, 1);
    const Ref<Counted> b = a;
    EXPECT_EQ(object.refs, 2);
    EXPECT_TRUE(a == b);
    const Ref<Counted> c = std::move(a);
    EXPECT_EQ(object.refs, 2);
    EXPECT_FALSE(static_cast<bool>(a));  // NOLINT(bugprone-use-after-move): null is promised
  }
  EXPECT_EQ(object.refs, 0);
}

TEST(RefTest, AssignmentReleasesTheOldObject) {
  Counted first;
  Counted second;
  Ref<Counted> ref(&first);
  ref = Ref<Counted>(&second);
  EXPECT_EQ(first.refs, 0);
  EXPECT_EQ(second.refs, 1);
  ref = nullptr;
  EXPECT_EQ(second.refs, 0);
}

TEST(RefTest, SelfAssignmentKeepsTheObject) {
  Counted object;
  Ref<Counted> ref(&object);
  const Ref<Counted>& same = ref;
  ref = same;
  EXPECT_EQ(object.refs, 1);
  EXPECT_EQ(ref.get(), &object);
}

}  // namespace
}  // namespace gossamer
