#pragma once

#include <cstddef>

#include "kernels/product.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// Several left operands A of one product, and their results, one behind the other.
struct Stack {
  std::size_t count = 1;
  std::size_t a_stride = 0;  ///< floats from an operand to the next
  std::size_t c_stride = 0;  ///< floats from a result to the next
  /// What `locate` gives for channels that are all zeros in every operand.
  const float* absent = nullptr;
};

/// Fewest stacked operands that stacked_multiply is made for.
inline constexpr std::size_t kFewestStacked = 4;

/// The product of `shape` for every operand of a stack; `operands` locates those of the first.
/// Terms that are zero in all of them are left out: where stacked relevances reach a layer through
/// the same activations, that is about half. One group.
void stacked_multiply(const ProductShape& shape, const ProductOperands& operands,
                      const Stack& stack, Write write, const ThreadPool& pool);

}  // namespace relcam
