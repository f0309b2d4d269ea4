#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/constant.h"

namespace relcam::testing {

/// Integers as operators take sizes, axes and the like: of rank 1.
inline Constant list(std::vector<std::int64_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return Constant::from_ints({count}, std::move(values));
}

/// Constants of the types that quantised models hold.
template <typename T>
Constant integers(DType dtype, Shape shape, std::vector<T> values) {
  const auto owner = std::make_shared<const std::vector<T>>(std::move(values));
  return {dtype, std::move(shape), std::as_bytes(std::span(*owner)), owner};
}

}  // namespace relcam::testing
