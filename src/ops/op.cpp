#include "ops/op.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "base/error.h"
#include "ops/roster.h"

namespace relcam {

const Value& NodeView::input(std::size_t i) const { return graph.value(node.inputs.at(i)); }

const Value& NodeView::output(std::size_t i) const { return graph.value(node.outputs.at(i)); }

const Shape& NodeView::input_shape(std::size_t i) const {
  const Value& value = input(i);
  if (!value.shape) {
    throw Error(ErrorCode::InvalidModel,
                where() + ": the shape of its input '" + value.name + "' is not known", node.name);
  }
  return *value.shape;
}

const Shape& NodeView::output_shape(std::size_t i) const {
  const Value& value = output(i);
  if (!value.shape) {
    throw Error(ErrorCode::Internal,
                where() + ": the shape of its output '" + value.name + "' was not inferred",
                node.name);
  }
  return *value.shape;
}

const Constant* NodeView::constant(std::size_t i) const {
  if (!has_input(i)) return nullptr;
  const Value& value = input(i);
  return value.constant ? &*value.constant : nullptr;
}

std::vector<std::size_t> NodeView::live_inputs() const {
  std::vector<std::size_t> live;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (has_input(i) && constant(i) == nullptr) live.push_back(i);
  }
  return live;
}

std::string NodeView::where() const { return node.op_type + " node '" + node.name + "'"; }

namespace {

#define RELCAM_OP_TABLE(name) name##_ops,
constexpr std::array kTables = {RELCAM_OPS(RELCAM_OP_TABLE)};
#undef RELCAM_OP_TABLE

std::vector<const Op*> collect_ops() {
  std::vector<const Op*> ops;
  for (const auto table : kTables) {
    for (const Op& op : table()) ops.push_back(&op);
  }
  return ops;
}

using OpKey = std::pair<std::string_view, std::string_view>;

std::map<OpKey, const Op*> index_ops() {
  std::map<OpKey, const Op*> index;
  for (const Op* op : all_ops()) index.emplace(OpKey{op->domain, op->type}, op);
  return index;
}

}  // namespace

std::span<const Op* const> all_ops() {
  static const std::vector<const Op*> ops = collect_ops();
  return ops;
}

const Op* find_op(std::string_view type, std::string_view domain) {
  static const std::map<OpKey, const Op*> index = index_ops();
  const auto found = index.find({domain, type});
  return found == index.end() ? nullptr : found->second;
}

}  // namespace relcam
