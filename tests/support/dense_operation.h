#pragma once

#include <vector>

#include "ops/operation.h"

namespace relcam::testing {

/// y = W x + b by nested loops: stands for any linear operator in the tests of rules, heavy ones
/// too where it is cut into pieces.
class DenseOperation final : public Operation, public LinearMap {
 public:
  /// `weights` is outputs x inputs, row-major.
  DenseOperation(std::vector<float> weights, std::vector<float> bias, std::size_t pieces = 1);

  void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) override;
  void vjp(const VjpArguments& arguments) override;
  LinearMap* linear() override { return this; }

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override;
  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override;
  std::size_t pieces() const override { return pieces_; }
  void apply_piece(WeightPart part, std::span<const float> x, std::span<float> z, Write write,
                   Piece piece) override;
  void adjoint_piece(WeightPart part, std::span<const float> s, std::span<float> r, Write write,
                     Piece piece) override;
  std::span<const float> bias() const override { return bias_; }

 private:
  std::size_t inputs() const { return weights_.size() / bias_.size(); }

  std::vector<float> weights_;
  std::vector<float> bias_;
  std::size_t pieces_;
};

/// part(w), from the formula.
double weigh(WeightPart part, double weight);

}  // namespace relcam::testing
