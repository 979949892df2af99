#include "sim/report/svg.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"

namespace gossamer::sim {

int64_t Scale::Tenths(int64_t value) const {
  const int64_t inside = std::clamp(value, from, to);
  return begin * 10 + (inside - from) * (end - begin) * 10 / (to - from);
}

std::vector<int64_t> Ticks(int64_t from, int64_t to, size_t count) {
  const int64_t least = std::max<int64_t>((to - from) / static_cast<int64_t>(count), 1);
  int64_t power = 1;
  while (power * 10 <= least) power *= 10;
  int64_t step = power * 10;
  for (const int64_t factor : {5, 2, 1}) {
    if (power * factor >= least) step = power * factor;
  }
  std::vector<int64_t> ticks;
  for (int64_t at = (from + step - 1) / step * step; at <= to && ticks.size() < count; at += step) {
    ticks.push_back(at);
  }
  return ticks;
}

std::string TickSeconds(int64_t us) {
  std::string text = absl::StrFormat("%d.%06d", us / 1000000, us % 1000000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string Px(int64_t tenths) {
  if (tenths < 0) return "-" + Px(-tenths);
  if (tenths % 10 == 0) return absl::StrCat(tenths / 10);
  return absl::StrCat(tenths / 10, ".", tenths % 10);
}

void StepPath::Step(int64_t height, int64_t right) {
  if (!open_) {
    first_ = height;
    open_ = true;
  } else if (height != height_) {
    absl::StrAppend(&steps_, "H", Px(right_), "V", Px(height));
  }
  height_ = height;
  right_ = right;
}

std::string StepPath::Line() const {
  return absl::StrCat("M", Px(left_), " ", Px(first_), steps_, "H", Px(right_));
}

std::string StepPath::Area() const {
  return absl::StrCat("M", Px(left_), " ", Px(bottom_), "V", Px(first_), steps_, "H", Px(right_),
                      "V", Px(bottom_), "Z");
}

Svg::Svg(std::string_view id, int64_t height, std::string_view title, std::string_view description,
         bool group) {
  const std::string name(id);
  absl::StrAppend(&out_, "<svg viewBox=\"0 0 ", kFigureWidth, " ", height, "\" role=\"",
                  group ? "group" : "img", "\" aria-labelledby=\"", name, "-t ", name,
                  "-d\" xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"", name, "-t\">",
                  XmlEscape(title), "</title>\n<desc id=\"", name, "-d\">", XmlEscape(description),
                  "</desc>\n");
}

void Svg::Style(std::string_view css) {
  absl::StrAppend(&out_, "<style>", ToAbsl(css), "</style>\n");
}

void Svg::Rect(std::string_view css, int64_t x, int64_t y, int64_t width, int64_t height) {
  absl::StrAppend(&out_, "<rect class=\"", ToAbsl(css), "\" x=\"", Px(x), "\" y=\"", Px(y),
                  "\" width=\"", Px(width), "\" height=\"", Px(height), "\"/>\n");
}

void Svg::Line(std::string_view css, int64_t x1, int64_t y1, int64_t x2, int64_t y2) {
  absl::StrAppend(&out_, "<path class=\"", ToAbsl(css), "\" d=\"M", Px(x1), " ", Px(y1), "L",
                  Px(x2), " ", Px(y2), "\"/>\n");
}

void Svg::Circle(std::string_view css, int64_t x, int64_t y, int64_t radius) {
  absl::StrAppend(&out_, "<circle class=\"", ToAbsl(css), "\" cx=\"", Px(x), "\" cy=\"", Px(y),
                  "\" r=\"", Px(radius), "\"/>\n");
}

void Svg::Text(std::string_view css, int64_t x, int64_t y, std::string_view text) {
  absl::StrAppend(&out_, "<text");
  if (!css.empty()) absl::StrAppend(&out_, " class=\"", ToAbsl(css), "\"");
  absl::StrAppend(&out_, " x=\"", Px(x), "\" y=\"", Px(y), "\">", XmlEscape(text), "</text>\n");
}

void Svg::Path(std::string_view css, std::string_view commands) {
  absl::StrAppend(&out_, "<path class=\"", ToAbsl(css), "\" d=\"", ToAbsl(commands), "\"/>\n");
}

void Svg::BeginRow(std::string_view label) {
  const std::string text = XmlEscape(label);
  absl::StrAppend(&out_, "<g class=\"row\" tabindex=\"0\" role=\"img\" aria-label=\"", text,
                  "\"><title>", text, "</title>\n");
}

void Svg::EndRow() { out_ += "</g>\n"; }

void Svg::TimeAxis(const Scale& scale, int64_t top, int64_t bottom) {
  for (const int64_t at : Ticks(scale.from, scale.to, 10)) {
    const int64_t x = scale.Tenths(at);
    Line("grid", x, top * 10, x, bottom * 10);
    Text("tick mid", x, top * 10 - 50, TickSeconds(at));
  }
}

std::string Svg::Take() {
  out_ += "</svg>\n";
  return std::move(out_);
}

}  // namespace gossamer::sim
