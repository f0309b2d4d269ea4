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
  const ValueId output = program.node(index).outputs.front();
  return program.graph().value(output).layout == Layout::ChannelsLast &&
         raster_of(program.graph(), output).has_value();
}

/// Padding alone makes no resolution that a network works at.
bool may_end_stage(const Graph& graph, const Node& node) {
  const ValueId output = node.outputs.front();
  if (node.op_type == "Pad" || graph.value(output).name.empty()) return false;
  const auto raster = raster_of(graph, output);
  return raster && raster->positions() > 1;
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

std::optional<Raster> raster_of(const Graph& graph, ValueId layer) {
  const Value& value = graph.value(layer);
  if (!value.shape || value.shape->size() != 4 || value.shape->front() != 1) return {};
  const auto at = [&](std::size_t axis) { return static_cast<std::size_t>((*value.shape)[axis]); };
  const bool is_input = std::ranges::find(graph.inputs, layer) != graph.inputs.end();
  const bool nhwc = is_input && at(3) <= 4 && at(1) > 4;
  if (nhwc || value.layout == Layout::ChannelsLast) {
    return channels_last_raster(at(1), at(2), at(3));
  }
  return channels_first_raster(at(2), at(3), at(1));
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

std::vector<ValueId> find_stages(const Program& program, ValueId logits) {
  const std::vector<bool> needed = ancestors_of(program, logits);
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> last_at;  // (h, w) -> order
  std::vector<ValueId> order;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const ValueId output = program.node(i).outputs.front();
    if (!needed[static_cast<std::size_t>(output)]) continue;
    if (!may_end_stage(program.graph(), program.node(i))) continue;
    const Raster raster = *raster_of(program.graph(), output);
    last_at[{raster.height, raster.width}] = order.size();
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
