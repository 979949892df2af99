// Places labels beside marks so that no text lies on another text or on a mark.
//
// Each label tries places around its mark, nearest first, and takes the first free one, or the one
// with the least overlap. Lengths are pixels. Thread safety: pure functions.
#ifndef GOSSAMER_TOOLS_SWEEP_LABEL_LAYOUT_H_
#define GOSSAMER_TOOLS_SWEEP_LABEL_LAYOUT_H_

#include <string>
#include <vector>

namespace gossamer::tool {

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  // The area that both cover.
  double Overlap(const Box& other) const;
};

struct Anchor {
  double x = 0;
  double y = 0;
  std::string label;
};

// About as wide as a browser draws it in 12 pixels.
double TextWidth(const std::string& text);

// By anchor, the box of its label. `obstacles`: what labels keep off, beside the marks themselves.
std::vector<Box> PlaceLabels(const std::vector<Anchor>& anchors, const std::vector<Box>& obstacles,
                             const Box& frame);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_LABEL_LAYOUT_H_
