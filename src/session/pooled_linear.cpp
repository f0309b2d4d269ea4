#include "session/pooled_linear.h"

#include <algorithm>

#include "session/layers.h"

namespace relcam {

namespace {

std::string describe(const Node& node) { return node.op_type + " node '" + node.name + "'"; }

std::vector<ValueId> live_inputs(const Program& program, const Node& node) {
  std::vector<ValueId> live;
  std::ranges::copy_if(node.inputs, std::back_inserter(live),
                       [&](ValueId input) { return input != kNoValue && program.is_live(input); });
  return live;
}

/// Windows of an AveragePool must reach over the whole map; other pools have no windows.
bool window_covers(const Node& node, const Raster& layer) {
  if (!node.has("kernel_shape")) return true;
  const std::vector<std::int64_t> window = node.integers("kernel_shape", {});
  return window.size() == 2 && window[0] >= static_cast<std::int64_t>(layer.height) &&
         window[1] >= static_cast<std::int64_t>(layer.width);
}

/// One number per channel is left, and no axis of positions can be taken for the channels.
bool pools_all_positions(const Program& program, const Node& node, ValueId layer) {
  const Raster image = *raster_of(program.graph(), layer);
  const ValueId output = node.outputs.front();
  if (!window_covers(node, image)) return false;
  if (const auto pooled = raster_of(program.graph(), output)) {
    return pooled->positions() == 1 && pooled->channels == image.channels;
  }
  return program.value_size(output) == image.channels && image.channels != image.height &&
         image.channels != image.width;
}

}  // namespace

std::string pooled_linear_obstacle(const Program& program, ValueId layer, ValueId end) {
  bool weighed = false;
  for (ValueId at = end;;) {
    const std::ptrdiff_t index = program.producer(at);
    if (at == layer || index < 0) return "there is no pool over all positions";
    const auto position = static_cast<std::size_t>(index);
    const Node& node = program.node(position);
    const std::vector<ValueId> live = live_inputs(program, node);
    if (live.size() != 1) return "there is the " + describe(node) + ", which joins several values";
    const Kind kind = program.prepared(position).kind;
    if (kind == Kind::Pool) {
      const bool fits = live.front() == layer && pools_all_positions(program, node, layer);
      return fits ? "" : "the " + describe(node) + " pools another layer, or not all positions";
    }
    const bool second_linear = kind == Kind::Linear && weighed;
    const bool passes = kind == Kind::Route || kind == Kind::Affine || kind == Kind::Linear;
    if (!passes || second_linear) return "there is the " + describe(node);
    weighed = weighed || kind == Kind::Linear;
    at = live.front();
  }
}

}  // namespace relcam
