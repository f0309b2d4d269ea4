#include "composites/composite.h"

#include <algorithm>

#include "base/roster.h"
#include "composites/roster.h"

namespace relcam {

std::span<const CompositeEntry> all_composites() {
#define RELCAM_LIST_COMPOSITE(name) name##_composite(),
  static const std::vector<CompositeEntry> entries{RELCAM_COMPOSITES(RELCAM_LIST_COMPOSITE)};
#undef RELCAM_LIST_COMPOSITE
  return entries;
}

const CompositeEntry& find_composite(std::string_view name) {
  return find_entry(all_composites(), "composite", name);
}

Composite make_composite(std::string_view name, const Settings& settings) {
  const CompositeEntry& entry = find_composite(name);
  return entry.make(Parameters(entry.parameters, settings));
}

const CompositeRow* choose_row(const Composite& composite, const NodeFacts& facts) {
  const auto found = std::ranges::find_if(
      composite.rows, [&](const CompositeRow& row) { return row.matches(facts); });
  return found == composite.rows.end() ? nullptr : &*found;
}

std::function<bool(const NodeFacts&)> of_kind(Kind kind) {
  return [kind](const NodeFacts& facts) { return facts.kind == kind; };
}

std::function<bool(const NodeFacts&)> of_type(std::string_view op_type) {
  return [op_type](const NodeFacts& facts) { return facts.op_type == op_type; };
}

bool is_convolution(const NodeFacts& facts) {
  return facts.kind == Kind::Linear &&
         (facts.op_type == "Conv" || facts.op_type == "ConvTranspose");
}

bool is_pixel_convolution(const NodeFacts& facts) {
  return facts.kind == Kind::Linear && facts.op_type == "Conv" && facts.reads_model_input;
}

bool is_first_linear(const NodeFacts& facts) { return facts.first_linear; }

bool is_attention_softmax(const NodeFacts& facts) { return facts.attention_softmax; }

bool is_product(const NodeFacts& facts) {
  return facts.kind == Kind::Own &&
         (facts.op_type == "MatMul" || facts.op_type == "Gemm" || facts.op_type == "Einsum");
}

bool is_scaling(const NodeFacts& facts) {
  return facts.kind == Kind::Affine && (facts.op_type == "Mul" || facts.op_type == "Div");
}

}  // namespace relcam
