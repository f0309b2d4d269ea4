#include "session/layers.h"

#include <algorithm>
#include <map>

#include "base/error.h"

namespace relcam {

namespace {

std::vector<bool> ancestors_of(const Program& program, ValueId value) {
  std::vector<bool> result(program.graph().values.size(), false);
  result[static_cast<std::size_t>(value)] = true;
  for (std::size_t i = program.size(); i-- > 0;) {
    const Node& node = program.node(i);
    const bool needed = std::ranges::any_of(node.outputs, [&](ValueId output) {
      return output != kNoValue && result[static_cast<std::size_t>(output)];
    });
    if (!needed) continue;
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) result[static_cast<std::size_t>(input)] = true;
    }
  }
  return result;
}

std::vector<bool> descendants_of(const Program& program, ValueId value) {
  std::vector<bool> result(program.graph().values.size(), false);
  result[static_cast<std::size_t>(value)] = true;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    const bool depends = std::ranges::any_of(node.inputs, [&](ValueId input) {
      return input != kNoValue && result[static_cast<std::size_t>(input)];
    });
    if (!depends) continue;
    for (const ValueId output : node.outputs) {
      if (output != kNoValue) result[static_cast<std::size_t>(output)] = true;
    }
  }
  return result;
}

bool adds_bias_to_image(const Program& program, std::size_t index) {
  LinearMap* map = program.prepared(index).operation->linear();
  if (map == nullptr || map->bias().empty()) return false;
  const Value& output = program.graph().value(program.node(index).outputs.front());
  return output.layout == Layout::ChannelsLast && spatial_extent(output).has_value();
}

/// Padding alone makes no resolution that a network works at.
bool may_end_stage(const Node& node, const Value& value) {
  if (node.op_type == "Pad" || value.name.empty()) return false;
  const auto extent = spatial_extent(value);
  return extent && extent->height * extent->width > 1;
}

[[noreturn]] void refuse(const Program& program, const std::string& name) {
  const auto removed = program.graph().removed.find(name);
  if (removed != program.graph().removed.end()) {
    throw Error(ErrorCode::UnknownLayer,
                "the layer '" + name + "' is not computed: " + removed->second, name);
  }
  std::string similar;
  for (const Value& value : program.graph().values) {
    const bool close = !value.name.empty() && !value.constant &&
                       value.name.find(name) != std::string::npos && similar.size() < 200;
    if (close) similar += (similar.empty() ? "" : ", ") + value.name;
  }
  throw Error(
      ErrorCode::UnknownLayer,
      "the model has no layer '" + name + "'; " +
          (similar.empty() ? "layers() or `inspect` lists them" : "did you mean: " + similar),
      name);
}

ValueId resolve(const Program& program, ValueId logits, const std::string& name) {
  const Graph& graph = program.graph();
  const ValueId value = graph.find(name);
  if (value != kNoValue && program.is_live(value)) return value;
  if (name == "logits") return logits;
  if (name == "input" && !graph.inputs.empty()) return graph.inputs.front();
  refuse(program, name);
}

}  // namespace

std::optional<SpatialExtent> spatial_extent(const Value& value) {
  if (!value.shape || value.shape->size() != 4 || value.shape->front() != 1) return {};
  const auto at = [&](std::size_t axis) { return static_cast<std::size_t>((*value.shape)[axis]); };
  if (value.layout == Layout::ChannelsLast) return SpatialExtent{at(1), at(2), at(3)};
  return SpatialExtent{at(2), at(3), at(1)};
}

std::vector<std::size_t> find_biased_nodes(const Program& program, ValueId layer, ValueId start) {
  const std::vector<bool> after = descendants_of(program, layer);
  const std::vector<bool> before = ancestors_of(program, start);
  std::vector<std::size_t> nodes;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const ValueId output = program.node(i).outputs.front();
    const auto at = static_cast<std::size_t>(output);
    const bool between = output != layer && after[at] && before[at];
    if (between && adds_bias_to_image(program, i)) nodes.push_back(i);
  }
  return nodes;
}

std::optional<Raster> raster_of(const Graph& graph, ValueId layer) {
  const Value& value = graph.value(layer);
  const auto extent = spatial_extent(value);
  if (!extent) return {};
  const Shape& shape = *value.shape;
  const bool is_input = std::ranges::find(graph.inputs, layer) != graph.inputs.end();
  const bool nhwc = is_input && value.layout == Layout::Plain && shape[3] <= 4 && shape[1] > 4;
  Raster raster{extent->height, extent->width, extent->channels};
  if (nhwc) raster = {extent->channels, extent->height, extent->width};
  if (nhwc || value.layout == Layout::ChannelsLast) {
    raster.position_step = raster.channels;
  } else {
    raster.channel_step = raster.positions();
  }
  return raster;
}

std::vector<ValueId> find_stages(const Program& program, ValueId logits) {
  const std::vector<bool> needed = ancestors_of(program, logits);
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> last_at;  // (h, w) -> order
  std::vector<ValueId> order;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const ValueId output = program.node(i).outputs.front();
    const Value& value = program.graph().value(output);
    if (!needed[static_cast<std::size_t>(output)] || !may_end_stage(program.node(i), value)) {
      continue;
    }
    const auto extent = *spatial_extent(value);
    last_at[{extent.height, extent.width}] = order.size();
    order.push_back(output);
  }
  std::vector<std::size_t> positions;
  for (const auto& [size, position] : last_at) positions.push_back(position);
  std::ranges::sort(positions);
  std::vector<ValueId> stages;
  for (const std::size_t position : positions) stages.push_back(order[position]);
  return stages;
}

std::vector<ValueId> resolve_layers(const Program& program, ValueId logits,
                                    const std::vector<std::string>& names) {
  std::vector<ValueId> layers;
  const auto add = [&](ValueId value) {
    if (std::ranges::find(layers, value) == layers.end()) layers.push_back(value);
  };
  for (const std::string& name : names) {
    if (name == "stages") {
      std::ranges::for_each(find_stages(program, logits), add);
    } else if (name == "last-stage") {
      const std::vector<ValueId> stages = find_stages(program, logits);
      if (!stages.empty()) add(stages.back());
    } else {
      add(resolve(program, logits, name));
    }
  }
  if (layers.empty()) {
    throw Error(ErrorCode::UnknownLayer,
                "no layer was asked for, or the model has no spatial activation");
  }
  return layers;
}

}  // namespace relcam
