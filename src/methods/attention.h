#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "methods/method.h"

namespace relcam {

/// One attention of a model: arrays of heads x tokens x tokens, entry (i, j) of query i and key j.
struct AttentionBlock {
  std::span<const float> weights;
  std::span<const float> signal;    ///< the method's: relevance or gradient; empty without one
  std::span<const float> gradient;  ///< of the target, with Method::AttentionUse::gradient
};

/// What methods are told that look at attention alone. Tokens before the patches are class and
/// register tokens, patches stand row by row.
struct AttentionInput {
  std::vector<AttentionBlock> blocks = {};  ///< first block first
  std::size_t tokens = 0;
  std::size_t prefix = 0;     ///< tokens before the patches
  bool reads_prefix = false;  ///< the class scores are read of such a token, not of the patches
  std::size_t patches = 0;
  bool wants_matrix = false;  ///< CamOutput::matrix is asked for
  ImageSignal image = {};     ///< the method's signal at the model's input, if it reads that
  const Parameters& parameters;
};

/// What an entry of an attention comes to, before heads are averaged.
using AttentionEntry = double (*)(const AttentionBlock& block, std::size_t at);

/// Mean over heads, tokens x tokens.
std::vector<double> mean_over_heads(const AttentionInput& input, const AttentionBlock& block,
                                    AttentionEntry entry);

/// Which tokens stand for the picture: the first, where the class scores are read of a token before
/// the patches, else all patches alike. A row of weights that sum to 1.
std::vector<double> reading_row(const AttentionInput& input);

/// row * matrix
std::vector<double> times(std::span<const double> row, std::span<const double> matrix);

/// The product of (mean over heads + identity) of all blocks from the one numbered by the parameter
/// "start-layer" on, later blocks on the left, as the reading row sees it: its patches, and the
/// whole product if it is asked for. With `normalise`, rows are divided by their sums first;
/// without, the row's own part is left out of the map, which is nothing where a class token reads.
CamOutput roll_out(const AttentionInput& input, AttentionEntry entry, bool normalise);

/// The map of a row of tokens: its patches.
CamOutput patches_of(const AttentionInput& input, std::span<const double> row);

/// The parameter "start-layer".
ParameterInfo start_layer_parameter();

}  // namespace relcam
