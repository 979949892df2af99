#include "sim/engine/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/rng.h"
#include "sim/engine/calendar.h"
#include "sim/engine/event_heap.h"

namespace gossamer::sim {
namespace {

TEST(EventQueue, OrdersByTimeDestinationSourceAndNumber) {
  EventQueue queue(4);
  const auto add = [&queue](int64_t at, uint32_t to, uint32_t from, uint32_t index) {
    queue.Add(Instant{at}, to, from, {.index = index, .kind = 1});
  };
  add(20, 0, 0, 5);
  add(10, 2, 1, 3);
  add(10, 1, 3, 1);
  add(10, 1, 3, 2);
  add(10, 1, 2, 0);
  add(10, kWorldActor, kWorldActor, 4);
  std::vector<uint32_t> order;
  TimedEvent event;
  while (queue.Pop(&event)) order.push_back(event.index);
  EXPECT_EQ(order, (std::vector<uint32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(queue.now(), Instant{20});
  EXPECT_EQ(queue.popped(), 6u);
}

TEST(EventQueue, TicksTakeTheirPlaceAmongTheOthers) {
  EventQueue queue(3);
  queue.Arm(1, Instant{100});
  queue.Add(Instant{100}, 0, 2, {.index = 7, .kind = 1});
  queue.Add(Instant{100}, 2, 0, {.index = 8, .kind = 1});
  TimedEvent event;
  ASSERT_TRUE(queue.Pop(&event));
  EXPECT_EQ(event.index, 7u);
  ASSERT_TRUE(queue.Pop(&event));
  EXPECT_EQ(event.kind, EventQueue::kTick);
  EXPECT_EQ(event.index, 1u);
  ASSERT_TRUE(queue.Pop(&event));
  EXPECT_EQ(event.index, 8u);
  EXPECT_FALSE(queue.Pop(&event));
}

TEST(EventQueue, ThePastIsNow) {
  EventQueue queue(1);
  queue.Add(Instant{50}, 0, 0, {.index = 1, .kind = 1});
  TimedEvent event;
  ASSERT_TRUE(queue.Pop(&event));
  queue.Add(Instant{10}, 0, 0, {.index = 2, .kind = 1});
  queue.Arm(0, Instant{20});
  ASSERT_TRUE(queue.Pop(&event));
  EXPECT_EQ(event.at, Instant{50});
  ASSERT_TRUE(queue.Pop(&event));
  EXPECT_EQ(event.at, Instant{50});
}

TEST(EventQueue, NextTimeLooksAtEverySource) {
  EventQueue queue(2);
  EXPECT_EQ(queue.NextTime(), kNever);
  queue.Add(Instant{} + Seconds(90), 0, 0, {.kind = 1});
  EXPECT_EQ(queue.NextTime(), Instant{} + Seconds(90));
  queue.Add(Instant{5000}, 0, 0, {.kind = 1});
  EXPECT_EQ(queue.NextTime(), Instant{5000});
  queue.Arm(1, Instant{4000});
  EXPECT_EQ(queue.NextTime(), Instant{4000});
  queue.Disarm(1);
  EXPECT_EQ(queue.NextTime(), Instant{5000});
}

// The three structures against one sorted list, with delays from zero to minutes and events that
// make events.
TEST(EventQueue, AgreesWithAReferenceQueue) {
  constexpr uint32_t kActors = 20;
  EventQueue queue(kActors);
  std::vector<TimedEvent> reference;
  std::vector<uint32_t> numbers(kActors);
  std::vector<int64_t> ticks(kActors, -1);
  Rng rng(7);
  const auto add = [&](Instant now) {
    const auto from = static_cast<uint32_t>(rng.Below(kActors));
    const auto to = static_cast<uint32_t>(rng.Below(kActors));
    const int64_t reach[] = {1, 60, 3000, 300'000, 100'000'000};
    const int64_t delay = rng.Between(0, reach[rng.Below(5)]);
    TimedEvent event{.kind = 1};
    event.at = now + Micros(delay);
    event.rank = MakeRank(to, from, ++numbers[from]);
    reference.push_back(event);
    queue.Add(event.at, to, from, {.kind = 1});
  };
  for (int i = 0; i < 500; ++i) add(Instant{});
  for (int step = 0; step < 20000; ++step) {
    TimedEvent event;
    ASSERT_TRUE(queue.Pop(&event));
    const auto first = std::min_element(
        reference.begin(), reference.end(),
        [](const TimedEvent& a, const TimedEvent& b) { return KeyOf(a) < KeyOf(b); });
    ASSERT_EQ(event.at, first->at);
    ASSERT_EQ(event.rank, first->rank);
    reference.erase(first);
    add(queue.now());
    if (rng.Chance(1, 50) && reference.size() < 800) add(queue.now());
  }
  EXPECT_EQ(queue.size(), reference.size());
}

TEST(Calendar, RefusesWhatIsOutsideItsWindow) {
  Calendar calendar;
  TimedEvent event{.at = Instant{100}};
  EXPECT_TRUE(calendar.Push(event));
  EXPECT_EQ(calendar.head().at, Instant{100});
  event.at = Instant{70};  // the bucket of 64 .. 127 is open
  EXPECT_FALSE(calendar.Push(event));
  event.at = Instant{} + Seconds(1);
  EXPECT_FALSE(calendar.Push(event));
  event.at = Instant{} + Millis(200);
  EXPECT_TRUE(calendar.Push(event));
  EXPECT_EQ(calendar.size(), 2u);
  calendar.Pop();
  EXPECT_EQ(calendar.head().at, Instant{} + Millis(200));
}

TEST(Calendar, ReusesItsMemory) {
  Calendar calendar;
  size_t memory = 0;
  for (int64_t round = 0; round < 1000; ++round) {
    for (int64_t i = 0; i < 100; ++i) {
      ASSERT_TRUE(
          calendar.Push({.at = Instant{round * 1000 + 64 + i}, .rank = static_cast<uint64_t>(i)}));
    }
    while (calendar.size() > 0) {
      calendar.head();
      calendar.Pop();
    }
    if (round == 10) memory = calendar.memory_bytes();
  }
  EXPECT_EQ(calendar.memory_bytes(), memory);
}

TEST(EventHeap, PopsInOrder) {
  EventHeap heap;
  Rng rng(3);
  for (uint32_t i = 0; i < 1000; ++i) {
    heap.Push({.at = Instant{static_cast<int64_t>(rng.Below(100))}, .rank = rng.Below(10)});
  }
  EventKey last{Instant{-1}, 0};
  for (size_t left = heap.size(); left > 0; --left) {
    const TimedEvent event = heap.Pop();
    EXPECT_LE(last, KeyOf(event));
    last = KeyOf(event);
  }
  EXPECT_TRUE(heap.empty());
}

}  // namespace
}  // namespace gossamer::sim
