#include "ops/decomposition.h"

#include <utility>

#include "ops/checks.h"

namespace relcam {

ValueId Decomposition::add_value(Value value) {
  values_.push_back(std::move(value));
  return static_cast<ValueId>(original_.graph.values.size() + values_.size() - 1);
}

Node& Decomposition::add_node(std::string_view type, std::vector<ValueId> inputs,
                              Attributes attributes) {
  const std::string& name = original_.node.name;
  return nodes_.emplace_back(Node{.name = name + "/" + std::string(type),
                                  .op_type = std::string(type),
                                  .domain = {},
                                  .inputs = std::move(inputs),
                                  .outputs = {},
                                  .attributes = std::move(attributes)});
}

ValueId Decomposition::add(std::string_view type, std::vector<ValueId> inputs,
                           Attributes attributes) {
  const ValueId output = add_value({});
  add_node(type, std::move(inputs), std::move(attributes)).outputs = {output};
  return output;
}

void Decomposition::finish(std::string_view type, std::vector<ValueId> inputs,
                           Attributes attributes, std::size_t output) {
  Node& node = add_node(type, std::move(inputs), std::move(attributes));
  node.name = original_.node.name;
  node.outputs = {original_.node.outputs.at(output)};
}

ValueId Decomposition::constant(Constant constant) {
  Value value;
  value.shape = constant.shape();
  value.dtype = constant.dtype();
  value.constant = std::move(constant);
  return add_value(std::move(value));
}

ValueId Decomposition::number(float value) { return constant(Constant::from_floats({}, {value})); }

ValueId Decomposition::integers(std::vector<std::int64_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return constant(Constant::from_ints({count}, std::move(values)));
}

ValueId Decomposition::reshaped(ValueId x, Shape shape) {
  return add("Reshape", {x, integers(std::move(shape))});
}

ValueId Decomposition::transposed(ValueId x, std::vector<std::int64_t> permutation) {
  return add("Transpose", {x}, {{"perm", std::move(permutation)}});
}

ValueId Decomposition::reduced(std::string_view type, ValueId x, std::vector<std::int64_t> axes,
                               bool keep_dimensions) {
  Attributes attributes = {{"keepdims", std::int64_t{keep_dimensions ? 1 : 0}}};
  if (original_.graph.opset >= (type == "ReduceSum" ? 13 : 18)) {
    return add(type, {x, integers(std::move(axes))}, std::move(attributes));
  }
  attributes.emplace("axes", std::move(axes));
  return add(type, {x}, std::move(attributes));
}

ValueId Decomposition::padded(ValueId x, std::vector<std::int64_t> pads) {
  if (original_.graph.opset >= 11) return add("Pad", {x, integers(std::move(pads))});
  return add("Pad", {x}, {{"pads", std::move(pads)}});
}

ValueId Decomposition::clipped_from_below(ValueId x, float least) {
  if (original_.graph.opset >= 11) return add("Clip", {x, number(least)});
  return add("Clip", {x}, {{"min", least}});
}

void Decomposition::finish_selected(const std::vector<ValueId>& sources,
                                    std::vector<std::int64_t> indices, Shape shape) {
  std::vector<ValueId> flat;
  for (const ValueId source : sources) flat.push_back(reshaped(source, {-1}));
  const ValueId joined =
      flat.size() == 1 ? flat.front() : add("Concat", flat, {{"axis", std::int64_t{0}}});
  const ValueId selected = add("Gather", {joined, integers(std::move(indices))});
  finish("Reshape", {selected, integers(std::move(shape))});
}

std::size_t selected_count(const NodeView& view, const Shape& shape) {
  constexpr std::size_t kMost = std::size_t{1} << 26U;
  const std::size_t count = checked_count(view, shape);
  if (count > kMost) refuse_unsupported(view, "its result " + to_string(shape) + " is too large");
  return count;
}

void for_each_element(const Shape& shape,
                      FunctionRef<void(std::size_t, const std::vector<std::int64_t>&)> visit) {
  std::vector<std::int64_t> at(shape.size(), 0);
  const std::size_t count = element_count(shape);
  for (std::size_t i = 0; i < count; ++i) {
    visit(i, at);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
}

std::vector<Node> Decomposition::commit(Graph& graph) && {
  for (Value& value : values_) graph.add_value(std::move(value));
  return std::move(nodes_);
}

}  // namespace relcam
