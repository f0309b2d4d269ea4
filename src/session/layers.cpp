#include "session/layers.h"

#include <algorithm>

#include "base/error.h"
#include "session/stages.h"

namespace relcam {

namespace {

std::size_t size(std::int64_t extent) { return static_cast<std::size_t>(extent); }

/// Nothing where rows, columns or channels do not stand at equal distances.
std::optional<Raster> raster_of_tokens(const Shape& shape, const TokenGrid& grid) {
  std::vector<std::size_t> steps(shape.size(), 1);
  for (std::size_t i = shape.size() - 1; i-- > 0;) steps[i] = steps[i + 1] * size(shape[i + 1]);
  Raster raster{.height = size(grid.rows),
                .width = size(grid.columns),
                .channels = 1,
                .position_step = steps[grid.column_axis],
                .offset = size(grid.prefix) * steps[grid.column_axis]};
  if (!grid.is_token_axis() && steps[grid.row_axis] != raster.width * raster.position_step) {
    return {};
  }
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (i == grid.row_axis || i == grid.column_axis || shape[i] == 1) continue;
    if (raster.channels == 1) raster.channel_step = steps[i];
    if (steps[i] != raster.channels * raster.channel_step) return {};
    raster.channels *= size(shape[i]);
  }
  return raster;
}

/// Flags all of `to` where any of `from` is flagged.
void spread(std::vector<bool>& flags, const std::vector<ValueId>& from,
            const std::vector<ValueId>& to) {
  const bool reached = std::ranges::any_of(from, [&](ValueId value) {
    return value != kNoValue && flags[static_cast<std::size_t>(value)];
  });
  if (!reached) return;
  for (const ValueId value : to) {
    if (value != kNoValue) flags[static_cast<std::size_t>(value)] = true;
  }
}

std::vector<bool> flagged(const Program& program, ValueId value) {
  std::vector<bool> flags(program.graph().values.size(), false);
  flags[static_cast<std::size_t>(value)] = true;
  return flags;
}

/// Which values `value` depends on, itself among them.
std::vector<bool> ancestors_of(const Program& program, ValueId value) {
  std::vector<bool> result = flagged(program, value);
  for (std::size_t i = program.size(); i-- > 0;) {
    spread(result, program.node(i).outputs, program.node(i).inputs);
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
  if (!value.shape) return {};
  if (value.layout == Layout::ChannelsLast) {
    const auto at = [&](std::size_t axis) {
      return static_cast<std::size_t>((*value.shape)[axis]);
    };
    if (at(0) != 1) return {};
    return channels_last_raster(at(1), at(2), at(3));
  }
  const auto grid = graph.token_grids.find(layer);
  if (grid == graph.token_grids.end() || grid->second.rows == 0) return {};
  return raster_of_tokens(*value.shape, grid->second);
}

std::vector<bool> descendants_of(const Program& program, ValueId value) {
  std::vector<bool> result = flagged(program, value);
  for (std::size_t i = 0; i < program.size(); ++i) {
    spread(result, program.node(i).inputs, program.node(i).outputs);
  }
  return result;
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

std::vector<ValueId> resolve_layers(const Program& program, ValueId logits, ValueId start,
                                    const std::vector<std::string>& names) {
  std::vector<ValueId> layers;
  const auto add = [&](ValueId value) {
    if (std::ranges::find(layers, value) == layers.end()) layers.push_back(value);
  };
  for (const std::string& name : names) {
    if (name == "stages") {
      std::ranges::for_each(find_stages(program, start), add);
    } else if (name == "last-stage") {
      const std::vector<ValueId> stages = find_stages(program, start);
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
