#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "image/image.h"
#include "methods/method.h"
#include "session/state.h"

namespace relcam {

/// The attention that a request is about.
struct AttentionPlan {
  std::vector<Attention> blocks = {};       ///< first block first
  std::vector<ValueId> block_outputs = {};  ///< with AttentionUse::scores_blocks
  ValueId last_output = kNoValue;           ///< likewise, of the model's last block
  std::size_t tokens = 0;
  std::size_t prefix = 0;     ///< tokens before the patches
  bool reads_prefix = false;  ///< the scores are read of such a token
  ImageSize grid = {};        ///< of the patches
  bool reads_image = false;

  std::vector<ValueId> weights() const;
  std::size_t patches() const {
    return static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height);
  }
};

/// `names`: those of attention matrices, or the word "attention". Throws InvalidOption where the
/// model has no attention of all tokens to all, saying what it has and which methods do without,
/// UnknownLayer for names of other tensors.
AttentionPlan plan_attention(const Session::State& state, const Method& method,
                             const Parameters& parameters, ValueId scores,
                             const std::vector<std::string>& names);

}  // namespace relcam
