#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// How the positions of one axis become weighted sums of others.
struct ResizedAxis {
  struct Tap {
    std::size_t input;
    float weight;
  };
  std::size_t inputs = 1;
  std::vector<std::vector<Tap>> outputs = {{{0, 1.0F}}};
};

/// A tensor [outer][a][middle][b][inner] of which up to two axes are resized: every output is the
/// sum of input elements times the product of the axes' weights.
struct Interpolation {
  std::size_t outer = 1;
  ResizedAxis a;
  std::size_t middle = 1;
  ResizedAxis b;
  std::size_t inner = 1;
};

class InterpolationMap final : public LinearMap {
 public:
  InterpolationMap(Interpolation shape, const ThreadPool& pool);

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override;
  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override;
  std::span<const float> bias() const override { return {}; }
  bool has_negative_weights() const override { return has_negative_weights_; }

 private:
  /// Calls visit(input's first element, output's, weight) for each run of `inner` elements that row
  /// `row` of [outer][a] takes part in.
  template <typename Visit>
  void visit_row(std::size_t row, WeightPart part, Visit&& visit) const;

  Interpolation shape_;
  bool has_negative_weights_ = false;
  const ThreadPool& pool_;
};

}  // namespace relcam
