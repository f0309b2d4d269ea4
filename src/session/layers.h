#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/raster.h"
#include "plan/program.h"

namespace relcam {

/// How a rank-4 activation with batch 1 lies in memory as an image; the model's input may be NHWC
/// in ONNX order. Nothing for other shapes: no CAM can be made there.
std::optional<Raster> raster_of(const Graph& graph, ValueId layer);

/// Nodes on the way from `layer` to `start` that add a constant to each channel of an image:
/// convolutions and normalisations with a bias, indices into the program.
std::vector<std::size_t> find_biased_nodes(const Program& program, ValueId layer, ValueId start);

/// The last activation at each spatial resolution on the way to `logits`, in the order of
/// computation (shallow to deep).
std::vector<ValueId> find_stages(const Program& program, ValueId logits);

/// The values that layer names stand for: tensor names of the file, "input" (the first input),
/// "logits", "stages", "last-stage" (the deepest of them). Throws UnknownLayer with names that
/// resemble it.
std::vector<ValueId> resolve_layers(const Program& program, ValueId logits,
                                    const std::vector<std::string>& names);

}  // namespace relcam
