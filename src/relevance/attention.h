#pragma once

#include <cstddef>
#include <vector>

#include "plan/program.h"

namespace relcam {

/// A Softmax over the last axis whose result, moved about at most, multiplies another live value.
struct Attention {
  ValueId weights = kNoValue;  ///< the Softmax's output
  std::size_t product = 0;     ///< index of the node that multiplies
  std::size_t operand = 0;     ///< which of its inputs the weights are
};

/// All of them, in the order of computation.
std::vector<Attention> find_attention(const Program& program);

/// Whether attention weights of this shape are of all tokens to all: square, with at most an axis
/// of heads before. Those within windows are not.
bool is_of_all_tokens(const Shape& weights);

/// The output of the block that `attention`, one of `all`, belongs to: the last residual sum before
/// the next attention that all ways to `scores` go through, with as many rows as there are queries.
/// kNoValue where there is none.
ValueId find_block_output(const Program& program, const std::vector<Attention>& all,
                          const Attention& attention, ValueId scores);

/// Per value: a linear node that writes it makes queries, keys or values, or its input is what an
/// attention has put together.
struct AttentionReach {
  std::vector<char> leads_to;    ///< through anything that is neither linear nor pointwise
  std::vector<char> comes_from;  ///< likewise
};

AttentionReach find_attention_reach(const Program& program,
                                    const std::vector<Attention>& attention);

}  // namespace relcam
