#include "support/node_fixture.h"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

#include "base/buffer.h"
#include "base/error.h"

namespace relcam::testing {
namespace {

/// Calls visit(nchw_offset, nhwc_offset) for every element.
template <typename Visit>
void for_each_element(const Shape& nchw, Visit&& visit) {
  const auto n = static_cast<std::size_t>(nchw.at(0));
  const auto c = static_cast<std::size_t>(nchw.at(1));
  const auto hw = static_cast<std::size_t>(nchw.at(2) * nchw.at(3));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < c; ++j) {
      for (std::size_t k = 0; k < hw; ++k) visit((i * c + j) * hw + k, (i * hw + k) * c + j);
    }
  }
}

Shape channels_last_shape(const Shape& nchw) { return {nchw[0], nchw[2], nchw[3], nchw[1]}; }

Shape channels_first_shape(const Value& value) {
  if (value.layout == Layout::Plain) return *value.shape;
  const Shape& nhwc = *value.shape;
  return {nhwc[0], nhwc[3], nhwc[1], nhwc[2]};
}

Buffer to_physical(const std::vector<float>& data, const Value& value) {
  if (data.size() != element_count(*value.shape)) {
    throw Error(ErrorCode::Internal, "the test gives tensor '" + value.name + "' " +
                                         std::to_string(data.size()) + " values for shape " +
                                         to_string(*value.shape));
  }
  Buffer buffer(data.size());
  const std::vector<float> ordered =
      value.layout == Layout::Plain ? data : to_channels_last(data, channels_first_shape(value));
  std::ranges::copy(ordered, buffer.floats().begin());
  return buffer;
}

std::vector<float> to_logical(const Buffer& buffer, const Value& value) {
  std::vector<float> data(buffer.floats().begin(), buffer.floats().end());
  if (value.layout == Layout::Plain) return data;
  return to_channels_first(data, channels_first_shape(value));
}

Buffer unwritten(const Value& value) {
  Buffer buffer(element_count(*value.shape));
  std::ranges::fill(buffer.floats(), std::numeric_limits<float>::quiet_NaN());
  return buffer;
}

/// Buffers of a node's values in node order, and the two views that operations take.
struct Buffers {
  std::vector<Buffer> owned;

  std::vector<std::span<const float>> readable() const {
    std::vector<std::span<const float>> spans;
    for (const Buffer& buffer : owned) spans.push_back(buffer.floats());
    return spans;
  }
  std::vector<std::span<float>> writable() {
    std::vector<std::span<float>> spans;
    for (Buffer& buffer : owned) spans.push_back(buffer.floats());
    return spans;
  }
};

/// What an operation sees of forward values: empty ones where the op does not ask for them.
std::vector<std::span<const float>> granted(const Buffers& values, bool asked) {
  if (asked) return values.readable();
  return std::vector<std::span<const float>>(values.owned.size());
}

Buffers input_buffers(const NodeView& view, const std::vector<std::vector<float>>& live) {
  Buffers buffers;
  std::size_t next = 0;
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    const bool is_live = view.has_input(i) && view.constant(i) == nullptr;
    buffers.owned.push_back(is_live ? to_physical(live.at(next++), view.input(i)) : Buffer{});
  }
  return buffers;
}

/// Buffer by buffer, all samples one after the other.
Buffers stack(const std::vector<Buffers>& samples) {
  Buffers stacked;
  for (std::size_t i = 0; i < samples.front().owned.size(); ++i) {
    const std::size_t size = samples.front().owned[i].size();
    stacked.owned.emplace_back(samples.size() * size);
    for (std::size_t k = 0; k < samples.size(); ++k) {
      std::ranges::copy(samples[k].owned[i].floats(),
                        stacked.owned.back().floats().subspan(k * size).begin());
    }
  }
  return stacked;
}

Buffer part_of(const Buffer& stacked, std::size_t count, std::size_t index) {
  Buffer part(stacked.size() / count);
  std::ranges::copy(stacked.floats().subspan(index * part.size(), part.size()),
                    part.floats().begin());
  return part;
}

Buffers unwritten_outputs(const NodeView& view) {
  Buffers buffers;
  for (std::size_t i = 0; i < view.node.outputs.size(); ++i) {
    buffers.owned.push_back(unwritten(view.output(i)));
  }
  return buffers;
}

}  // namespace

std::vector<float> to_channels_last(const std::vector<float>& data, const Shape& nchw) {
  std::vector<float> result(data.size());
  for_each_element(nchw, [&](std::size_t from, std::size_t to) { result.at(to) = data.at(from); });
  return result;
}

std::vector<float> to_channels_first(const std::vector<float>& data, const Shape& nchw) {
  std::vector<float> result(data.size());
  for_each_element(nchw, [&](std::size_t to, std::size_t from) { result.at(to) = data.at(from); });
  return result;
}

std::vector<float> random_floats(std::size_t count, std::uint32_t seed, float low, float high) {
  std::mt19937 generator(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    const auto unit = static_cast<float>(generator() >> 8U) * 0x1p-24F;
    value = low + (high - low) * unit;
  }
  return values;
}

NodeFixture::NodeFixture(std::string op_type, std::int64_t opset) {
  graph_.opset = opset;
  Node node;
  node.name = "node";
  const std::size_t dot = op_type.rfind('.');
  node.domain = dot == std::string::npos ? "" : op_type.substr(0, dot);
  node.op_type = dot == std::string::npos ? std::move(op_type) : op_type.substr(dot + 1);
  graph_.nodes.push_back(std::move(node));
  outputs(1);
}

NodeFixture& NodeFixture::live(Shape shape, DType dtype) {
  Value value;
  value.name = "input" + std::to_string(graph_.nodes.front().inputs.size());
  value.shape = std::move(shape);
  value.dtype = dtype;
  const ValueId id = graph_.add_value(std::move(value));
  graph_.inputs.push_back(id);
  graph_.nodes.front().inputs.push_back(id);
  return *this;
}

NodeFixture& NodeFixture::constant(Constant constant) {
  Value value;
  value.name = "input" + std::to_string(graph_.nodes.front().inputs.size());
  value.shape = constant.shape();
  value.dtype = constant.dtype();
  value.constant = std::move(constant);
  graph_.nodes.front().inputs.push_back(graph_.add_value(std::move(value)));
  return *this;
}

NodeFixture& NodeFixture::omitted() {
  graph_.nodes.front().inputs.push_back(kNoValue);
  return *this;
}

NodeFixture& NodeFixture::attribute(const std::string& name, Attribute value) {
  graph_.nodes.front().attributes.insert_or_assign(name, std::move(value));
  return *this;
}

NodeFixture& NodeFixture::outputs(std::size_t count) {
  std::vector<ValueId>& ids = graph_.nodes.front().outputs;
  while (ids.size() < count) {
    Value value;
    value.name = "output" + std::to_string(ids.size());
    ids.push_back(graph_.add_value(std::move(value)));
  }
  graph_.outputs = ids;
  return *this;
}

NodeFixture& NodeFixture::channels_last() {
  follow_channels_last_ = true;
  return *this;
}

const Op& NodeFixture::op() const {
  const Node& node = graph_.nodes.front();
  const Op* op = find_op(node.op_type, node.domain);
  if (op == nullptr) {
    throw Error(ErrorCode::UnsupportedOperator, "no operator " + node.op_type, node.name);
  }
  return *op;
}

void NodeFixture::permute_constants() {
  Node& node = graph_.nodes.front();
  if (op().permute_axes != nullptr) return op().permute_axes(graph_, node);
  for (const ValueId id : node.inputs) {
    if (id == kNoValue || !graph_.value(id).constant) continue;
    const Constant& old = *graph_.value(id).constant;
    if (old.size() <= 1) continue;
    Shape nchw = old.shape();
    nchw.insert(nchw.begin(), 4 - nchw.size(), 1);
    graph_.value(id).shape = channels_last_shape(nchw);
    graph_.value(id).constant =
        Constant::from_floats(channels_last_shape(nchw), to_channels_last(old.floats(), nchw));
  }
}

void NodeFixture::choose_layout() {
  const Node& node = graph_.nodes.front();
  const auto make_channels_last = [this](ValueId id) {
    Value& value = graph_.value(id);
    if (value.constant || value.shape->size() != 4) return;
    value.shape = channels_last_shape(*value.shape);
    value.layout = Layout::ChannelsLast;
  };
  if (op().layout == LayoutPolicy::Spatial) make_channels_last(node.inputs.front());
  if (op().layout == LayoutPolicy::Follow && follow_channels_last_) {
    permute_constants();
    for (const ValueId id : node.inputs) {
      if (id != kNoValue) make_channels_last(id);
    }
  }
  if (op().layout == LayoutPolicy::Spatial || follow_channels_last_) {
    for (const ValueId id : node.outputs) make_channels_last(id);
  }
}

Operation& NodeFixture::prepared() {
  if (operation_) return *operation_;
  logical_outputs_ = infer();
  const std::vector<ValueId>& ids = graph_.nodes.front().outputs;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    graph_.value(ids[i]).shape = logical_outputs_.at(i).shape;
    graph_.value(ids[i]).dtype = logical_outputs_.at(i).dtype;
  }
  choose_layout();
  pool_ = std::make_unique<ThreadPool>(2);
  operation_ = op().prepare(view(), *pool_);
  return *operation_;
}

std::vector<std::vector<float>> NodeFixture::forward(const std::vector<std::vector<float>>& inputs,
                                                     Clamp clamp) {
  Operation& operation = prepared();
  const Buffers in = input_buffers(view(), inputs);
  Buffers out = unwritten_outputs(view());
  operation.forward(in.readable(), out.writable(), clamp);
  std::vector<std::vector<float>> results;
  for (std::size_t i = 0; i < out.owned.size(); ++i) {
    results.push_back(to_logical(out.owned[i], view().output(i)));
  }
  return results;
}

std::vector<std::vector<std::vector<float>>> NodeFixture::forward_batch(
    const std::vector<std::vector<std::vector<float>>>& samples, Clamp clamp) {
  Operation& operation = prepared();
  std::vector<Buffers> singles;
  for (const auto& inputs : samples) singles.push_back(input_buffers(view(), inputs));
  const Buffers in = stack(singles);
  std::vector<Buffers> unwritten_samples;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    unwritten_samples.push_back(unwritten_outputs(view()));
  }
  Buffers out = stack(unwritten_samples);
  operation.forward_batch(in.readable(), out.writable(), samples.size(), clamp);
  std::vector<std::vector<std::vector<float>>> results(samples.size());
  for (std::size_t i = 0; i < out.owned.size(); ++i) {
    for (std::size_t k = 0; k < samples.size(); ++k) {
      results[k].push_back(to_logical(part_of(out.owned[i], samples.size(), k), view().output(i)));
    }
  }
  return results;
}

std::vector<std::vector<float>> NodeFixture::vjp(
    const std::vector<std::vector<float>>& inputs,
    const std::vector<std::vector<float>>& output_gradients) {
  Operation& operation = prepared();
  const Buffers in = input_buffers(view(), inputs);
  Buffers out = unwritten_outputs(view());
  operation.forward(in.readable(), out.writable(), {});
  Buffers out_gradients;
  for (std::size_t i = 0; i < output_gradients.size(); ++i) {
    out_gradients.owned.push_back(to_physical(output_gradients[i], view().output(i)));
  }
  Buffers in_gradients;
  const std::vector<std::size_t> live = view().live_inputs();
  for (std::size_t i = 0; i < view().input_count(); ++i) {
    const bool wanted = std::ranges::find(live, i) != live.end();
    in_gradients.owned.push_back(wanted ? unwritten(view().input(i)) : Buffer{});
  }
  const auto readable_in = granted(in, op().vjp_reads.inputs);
  const auto readable_out = granted(out, op().vjp_reads.outputs);
  const auto readable_gradients = out_gradients.readable();
  const auto writable_gradients = in_gradients.writable();
  operation.vjp({.inputs = readable_in,
                 .outputs = readable_out,
                 .output_gradients = readable_gradients,
                 .input_gradients = writable_gradients});
  std::vector<std::vector<float>> results;
  for (const std::size_t i : live) {
    results.push_back(to_logical(in_gradients.owned[i], view().input(i)));
  }
  return results;
}

std::vector<std::vector<float>> NodeFixture::jvp(
    const std::vector<std::vector<float>>& inputs,
    const std::vector<std::vector<float>>& input_tangents) {
  Operation& operation = prepared();
  const Buffers in = input_buffers(view(), inputs);
  Buffers out = unwritten_outputs(view());
  operation.forward(in.readable(), out.writable(), {});
  const Buffers in_tangents = input_buffers(view(), input_tangents);
  Buffers out_tangents = unwritten_outputs(view());
  const auto readable_in = granted(in, op().vjp_reads.inputs);
  const auto readable_out = granted(out, op().vjp_reads.outputs);
  const auto readable_tangents = in_tangents.readable();
  const auto writable_tangents = out_tangents.writable();
  operation.jvp({.inputs = readable_in,
                 .outputs = readable_out,
                 .input_tangents = readable_tangents,
                 .output_tangents = writable_tangents});
  std::vector<std::vector<float>> results;
  for (std::size_t i = 0; i < out_tangents.owned.size(); ++i) {
    results.push_back(to_logical(out_tangents.owned[i], view().output(i)));
  }
  return results;
}

}  // namespace relcam::testing
