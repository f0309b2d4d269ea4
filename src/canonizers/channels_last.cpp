#include "canonizers/channels_last.h"

#include <optional>
#include <utility>
#include <vector>

#include "ops/routing.h"

namespace relcam {

Shape permuted(const Shape& shape, const Permutation& permutation) {
  return {shape[permutation[0]], shape[permutation[1]], shape[permutation[2]],
          shape[permutation[3]]};
}

bool keeps_bytes(const Shape& shape, const Permutation& permutation) {
  std::optional<std::size_t> last;
  for (const std::size_t axis : permutation) {
    if (shape[axis] == 1) continue;
    if (last && axis < *last) return false;
    last = axis;
  }
  return true;
}

Constant permuted(const Constant& constant, const Permutation& permutation) {
  Shape shape = permuted(constant.shape(), permutation);
  if (keeps_bytes(constant.shape(), permutation)) return constant.reshaped(std::move(shape));
  const std::vector<std::int64_t> strides = row_major_strides(constant.shape());
  std::vector<IndexMap::Axis> axes;
  for (const std::size_t axis : permutation) {
    axes.push_back({.count = constant.shape()[axis], .stride = strides[axis]});
  }
  return gathered(constant, IndexMap(std::move(axes)), std::move(shape));
}

}  // namespace relcam
