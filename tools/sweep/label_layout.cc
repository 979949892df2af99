#include "tools/sweep/label_layout.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

namespace gossamer::tool {
namespace {

constexpr double kCharWidth = 6.6;
constexpr double kTextHeight = 13;
constexpr double kMarkRadius = 6;
constexpr double kRings[] = {9, 14, 20, 28, 38, 50, 64, 80, 100, 124};
// What counts how much: square pixels outside of the frame, over texts and marks, over bars and
// lines; pixels away from the mark.
constexpr double kOutside = 50;
constexpr double kOverTaken = 5;
constexpr double kOverObstacle = 0.3;
constexpr double kAway = 0.6;

struct Side {
  double x;  // -1: the text ends left of the mark, 0: centred, 1: it begins right of it
  double y;
};
constexpr Side kSides[] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}};

Box At(const Anchor& anchor, double width, const Side& side, double distance) {
  const double x = anchor.x + side.x * distance;
  const double y = anchor.y + side.y * distance;
  const double left = x - width * (1 - side.x) / 2;
  return {left, y - kTextHeight / 2, left + width, y + kTextHeight / 2};
}

double Area(const Box& box) { return (box.right - box.left) * (box.bottom - box.top); }

double CoveredBy(const std::vector<Box>& others, const Box& box) {
  double area = 0;
  for (const Box& other : others) area += box.Overlap(other);
  return area;
}

}  // namespace

double Box::Overlap(const Box& other) const {
  const double width = std::min(right, other.right) - std::max(left, other.left);
  const double height = std::min(bottom, other.bottom) - std::max(top, other.top);
  return width > 0 && height > 0 ? width * height : 0;
}

double TextWidth(const std::string& text) { return kCharWidth * static_cast<double>(text.size()); }

std::vector<Box> PlaceLabels(const std::vector<Anchor>& anchors, const std::vector<Box>& obstacles,
                             const Box& frame) {
  std::vector<Box> taken;
  for (const Anchor& anchor : anchors) {
    taken.push_back({anchor.x - kMarkRadius, anchor.y - kMarkRadius, anchor.x + kMarkRadius,
                     anchor.y + kMarkRadius});
  }
  std::vector<Box> boxes(anchors.size());
  // From the right: there the frame leaves the least room.
  std::vector<size_t> order(anchors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return anchors[a].x > anchors[b].x; });
  for (const size_t i : order) {
    double least = std::numeric_limits<double>::max();
    for (const double ring : kRings) {
      for (const Side& side : kSides) {
        const Box box = At(anchors[i], TextWidth(anchors[i].label), side, ring);
        const double cost = kOutside * (Area(box) - box.Overlap(frame)) +
                            kOverTaken * CoveredBy(taken, box) +
                            kOverObstacle * CoveredBy(obstacles, box) + kAway * ring;
        if (cost >= least) continue;
        least = cost;
        boxes[i] = box;
      }
      if (least <= kAway * ring) break;
    }
    taken.push_back(boxes[i]);
  }
  return boxes;
}

}  // namespace gossamer::tool
