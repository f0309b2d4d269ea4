#include "support/run_graph.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "base/buffer.h"
#include "ops/op.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

Shape channels_first(const Shape& nhwc) { return {nhwc[0], nhwc[3], nhwc[1], nhwc[2]}; }

std::vector<float> to_onnx_order(const std::vector<float>& data, const Value& value) {
  return value.layout == Layout::Plain ? data
                                       : to_channels_first(data, channels_first(*value.shape));
}

std::vector<float> to_physical_order(const std::vector<float>& data, const Value& value) {
  return value.layout == Layout::Plain ? data
                                       : to_channels_last(data, channels_first(*value.shape));
}

class Run {
 public:
  explicit Run(const Graph& graph) : graph_(graph) {}

  void set(ValueId id, const std::vector<float>& data) {
    Buffer buffer(data.size());
    std::ranges::copy(data, buffer.floats().begin());
    buffers_[id] = std::move(buffer);
  }

  void step(const Node& node) {
    const NodeView view{graph_, node};
    std::vector<std::span<const float>> inputs;
    for (const ValueId id : node.inputs) {
      const auto found = buffers_.find(id);
      inputs.push_back(found == buffers_.end() ? std::span<const float>{}
                                               : std::as_const(found->second).floats());
    }
    std::vector<std::span<float>> outputs;
    for (const ValueId id : node.outputs) {
      if (id != kNoValue) buffers_[id] = Buffer(element_count(*graph_.value(id).shape));
      outputs.push_back(id == kNoValue ? std::span<float>{} : buffers_[id].floats());
    }
    const auto operation = find_op(node.op_type, node.domain)->prepare(view, pool_);
    operation->forward(inputs, outputs, {});
  }

  std::vector<float> get(ValueId id) {
    const Value& value = graph_.value(id);
    if (value.constant) return value.constant->floats();
    const std::span<const float> data = std::as_const(buffers_.at(id)).floats();
    return to_onnx_order({data.begin(), data.end()}, value);
  }

 private:
  const Graph& graph_;
  ThreadPool pool_{1};
  std::map<ValueId, Buffer> buffers_;
};

}  // namespace

std::vector<std::vector<float>> run_graph(const Graph& graph, const std::vector<float>& input) {
  return run_graph(graph, std::vector<std::vector<float>>{input});
}

std::vector<std::vector<float>> run_graph(const Graph& graph,
                                          const std::vector<std::vector<float>>& inputs) {
  Run run(graph);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ValueId id = graph.inputs.at(i);
    run.set(id, to_physical_order(inputs[i], graph.value(id)));
  }
  for (const Node& node : graph.nodes) run.step(node);
  std::vector<std::vector<float>> outputs;
  for (const ValueId id : graph.outputs) outputs.push_back(run.get(id));
  return outputs;
}

Shape onnx_shape(const Value& value) {
  return value.layout == Layout::Plain ? *value.shape : channels_first(*value.shape);
}

}  // namespace relcam::testing
