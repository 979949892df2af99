// The little of SVG that our charts need: figures with a title and a description, scales, ticks.
//
// Integers only, so that the same data give the same bytes everywhere. Colours come from classes
// (html_style.h). Lengths are pixels of the view box; a figure is as wide as its page. Thread
// safety: none.
#ifndef GOSSAMER_SIM_REPORT_SVG_H_
#define GOSSAMER_SIM_REPORT_SVG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::sim {

// The width of every figure.
inline constexpr int64_t kFigureWidth = 960;

// Maps values to tenths of a pixel. INVARIANT: to > from.
struct Scale {
  int64_t from = 0;
  int64_t to = 1;
  int64_t begin = 0;  // pixels, where `from` lies
  int64_t end = 0;    // where `to` lies; may be less than begin

  // Values beyond the ends are moved to them.
  int64_t Tenths(int64_t value) const;
};

// Round values (1, 2 or 5 times a power of ten apart) within [from, to], at most `count`.
std::vector<int64_t> Ticks(int64_t from, int64_t to, size_t count);
// "12.5": microseconds as seconds, without zeros at the end.
std::string TickSeconds(int64_t us);

class Svg {
 public:
  // `id` must be unique in the page. A `group` holds rows that can be focused one by one, anything
  // else is one image.
  Svg(std::string_view id, int64_t height, std::string_view title, std::string_view description,
      bool group = false);

  // For a figure that stands alone: the rules of its classes.
  void Style(std::string_view css);

  // All positions in tenths of a pixel.
  void Rect(std::string_view css, int64_t x, int64_t y, int64_t width, int64_t height);
  void Line(std::string_view css, int64_t x1, int64_t y1, int64_t x2, int64_t y2);
  void Circle(std::string_view css, int64_t x, int64_t y, int64_t radius);
  // `css` may name one of the classes "end" (right-aligned) and "mid" (centred).
  void Text(std::string_view css, int64_t x, int64_t y, std::string_view text);
  void Path(std::string_view css, std::string_view commands);
  // A row that the keyboard reaches and a screen reader speaks.
  void BeginRow(std::string_view label);
  void EndRow();

  // Ticks of a time axis with lines from `top` to `bottom` and labels above `top`; pixels.
  void TimeAxis(const Scale& scale, int64_t top, int64_t bottom);

  std::string Take();

 private:
  std::string out_;
};

// "12.3" for 123.
std::string Px(int64_t tenths);

// A curve of horizontal steps, for Svg::Path. Positions in tenths of a pixel.
class StepPath {
 public:
  // Begins at `left`; `bottom` closes the area.
  StepPath(int64_t left, int64_t bottom) : left_(left), bottom_(bottom) {}
  // At `height` up to `right`. REQUIRES: `right` rises.
  void Step(int64_t height, int64_t right);
  std::string Line() const;
  std::string Area() const;

 private:
  int64_t left_;
  int64_t bottom_;
  int64_t height_ = 0;  // of the open step
  int64_t right_ = 0;   // where it ends so far
  int64_t first_ = 0;   // height of the first step
  bool open_ = false;
  std::string steps_;  // what follows the first height, without the open step's end
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_SVG_H_
