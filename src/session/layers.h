#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/raster.h"
#include "plan/program.h"

namespace relcam {

/// How an activation lies in memory as an image: one of rank 4 and batch 1, or tokens whose rows
/// and columns are known (Graph::token_grids), of which those before the patches are left out.
/// Nothing for other values: no CAM can be made there.
std::optional<Raster> raster_of(const Graph& graph, ValueId layer);

/// Which values depend on `value`, itself among them.
std::vector<bool> descendants_of(const Program& program, ValueId value);

/// Nodes on the way from `layer` to `start` that add a constant to each channel of an image:
/// convolutions and normalisations with a bias, indices into the program.
std::vector<std::size_t> find_biased_nodes(const Program& program, ValueId layer, ValueId start);

/// The values that layer names stand for: tensor names of the file, "input" (the first input),
/// "logits", "stages" (those on the way to `start`, see stages.h), "last-stage" (the deepest of
/// them). Throws UnknownLayer with names that resemble it.
std::vector<ValueId> resolve_layers(const Program& program, ValueId logits, ValueId start,
                                    const std::vector<std::string>& names);

}  // namespace relcam
