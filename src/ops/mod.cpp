#include <array>
#include <cmath>

#include "base/error.h"
#include "ops/broadcasting.h"
#include "ops/checks.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Blind; }

/// fmod = 1: the remainder has the dividend's sign, as in C; else the divisor's, as in Python.
bool truncates(const NodeView& view) { return view.node.integer("fmod", 0) != 0; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, 2);
  if (is_floating(view.input(0).dtype) && !truncates(view)) {
    refuse(view, "floating types need fmod = 1");
  }
  return infer_broadcast(view);
}

struct Remainder {
  const NodeView& view;

  float operator()(float a, float b) const { return std::fmod(a, b); }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    if (b == 0) refuse(view, "it divides integers by zero");
    if (b == -1) return 0;
    const std::int64_t remainder = a % b;
    const bool signs_differ = remainder != 0 && (remainder < 0) != (b < 0);
    return signs_differ && !truncates(view) ? remainder + b : remainder;
  }
};

std::vector<Constant> fold(const NodeView& view) { return fold_combined(view, Remainder{view}); }

}  // namespace

std::span<const Op> mod_ops() {
  static const std::array ops = {Op{.type = "Mod", .kind = kind, .infer = infer, .fold = fold}};
  return ops;
}

}  // namespace relcam
