#include "ops/routing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ops/checks.h"

namespace relcam {

Kind route_kind(const NodeView&) { return Kind::Route; }

bool route_is_non_negative(const NodeView&, std::span<const bool> inputs) {
  return std::ranges::find(inputs, false) == inputs.end();
}

namespace {

class CopyOperation : public Operation {
 public:
  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    std::ranges::copy(inputs[0], outputs[0].begin());
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    std::ranges::copy(arguments.output_gradients[0], arguments.input_gradients[0].begin());
  }
};

class GatheringOperation : public Operation {
 public:
  GatheringOperation(IndexMap map, float nowhere, const ThreadPool& pool)
      : map_(std::move(map)), nowhere_(nowhere), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    map_.gather(inputs[0], outputs[0], nowhere_, pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    std::ranges::fill(arguments.input_gradients[0], 0.0F);
    map_.scatter_add(arguments.output_gradients[0], arguments.input_gradients[0], pool_);
  }

 private:
  IndexMap map_;
  float nowhere_;
  const ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<Operation> prepare_copy(const NodeView&, const ThreadPool&) {
  return std::make_unique<CopyOperation>();
}

std::unique_ptr<Operation> prepare_gathering(IndexMap map, float nowhere, const ThreadPool& pool) {
  return std::make_unique<GatheringOperation>(std::move(map), nowhere, pool);
}

Constant from_bytes(DType dtype, Shape shape, std::vector<std::byte> bytes) {
  const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return {dtype, std::move(shape), *owner, owner};
}

Constant gathered(const Constant& data, const IndexMap& map, Shape shape, const Constant* nowhere) {
  const std::size_t element_size = size_of(data.dtype());
  std::vector<std::byte> bytes(map.size() * element_size);
  map.gather_bytes(data.bytes(), bytes,
                   nowhere == nullptr ? std::span<const std::byte>{} : nowhere->bytes(),
                   element_size);
  return from_bytes(data.dtype(), std::move(shape), std::move(bytes));
}

std::int64_t channels_last_axis(const NodeView& view, std::int64_t axis) {
  constexpr std::array<std::int64_t, 4> kPhysical = {0, 3, 1, 2};
  return kPhysical[checked_axis(view, axis, kPhysical.size())];
}

void replace_constant_input(Graph& graph, Node& node, std::size_t input,
                            std::vector<std::int64_t> values) {
  Value value;
  value.dtype = DType::Int64;
  value.shape = Shape{static_cast<std::int64_t>(values.size())};
  value.constant = Constant::from_ints(*value.shape, std::move(values));
  if (node.inputs.size() <= input) node.inputs.resize(input + 1, kNoValue);
  node.inputs[input] = graph.add_value(std::move(value));
}

void permute_axis_attribute(Graph& graph, Node& node, std::int64_t fallback) {
  const std::int64_t axis = node.integer("axis", fallback);
  node.attributes.insert_or_assign("axis", channels_last_axis({graph, node}, axis));
}

}  // namespace relcam
