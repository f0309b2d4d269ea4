#include "base/shape.h"

#include <algorithm>

#include "base/error.h"

namespace relcam {

std::size_t element_count(const Shape& shape) {
  if (std::ranges::any_of(shape, [](std::int64_t dimension) { return dimension < 0; })) {
    throw Error(ErrorCode::InvalidModel, "a tensor has a negative dimension: " + to_string(shape));
  }
  if (std::ranges::find(shape, 0) != shape.end()) return 0;
  std::int64_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension > kMaxElements / count) {
      throw Error(ErrorCode::InvalidModel, "a tensor is too large: " + to_string(shape));
    }
    count *= dimension;
  }
  return static_cast<std::size_t>(count);
}

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::int64_t dimension : shape) {
    if (!text.empty()) text += 'x';
    text += std::to_string(dimension);
  }
  return text;
}

std::size_t normalized_axis(std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    throw Error(ErrorCode::InvalidModel, "axis " + std::to_string(axis) +
                                             " is out of range for a tensor of rank " +
                                             std::to_string(rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

Shape broadcast(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape result(rank, 1);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t from_a = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t from_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (from_a != from_b && from_a != 1 && from_b != 1) {
      throw Error(ErrorCode::InvalidModel,
                  "shapes " + to_string(a) + " and " + to_string(b) + " do not broadcast");
    }
    result[rank - 1 - i] = from_a == 1 ? from_b : from_a;
  }
  return result;
}

}  // namespace relcam
