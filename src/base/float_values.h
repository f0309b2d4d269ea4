#pragma once

#include <span>
#include <utility>
#include <vector>

namespace relcam {

/// Floats of its own, or of somebody who outlives it: what is there already need not be copied.
class FloatValues {
 public:
  FloatValues() = default;
  // NOLINTBEGIN(google-explicit-constructor): stands for the floats, as a span does
  FloatValues(std::vector<float> own) : own_(std::move(own)) {}
  FloatValues(std::span<const float> others) : others_(others) {}

  operator std::span<const float>() const {
    return own_.empty() ? others_ : std::span<const float>(own_);
  }
  // NOLINTEND(google-explicit-constructor)

 private:
  std::vector<float> own_;
  std::span<const float> others_;
};

}  // namespace relcam
