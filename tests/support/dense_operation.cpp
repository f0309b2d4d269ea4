#include "support/dense_operation.h"

#include <algorithm>

namespace relcam::testing {

double weigh(WeightPart part, double weight) {
  const double gamma = static_cast<double>(part.gamma);
  switch (part.kind) {
    case WeightPart::Kind::All: return weight;
    case WeightPart::Kind::Positive: return std::max(weight, 0.0);
    case WeightPart::Kind::Negative: return std::min(weight, 0.0);
    case WeightPart::Kind::GammaPositive: return weight + gamma * std::max(weight, 0.0);
    case WeightPart::Kind::GammaNegative: return weight + gamma * std::min(weight, 0.0);
    case WeightPart::Kind::Square: return weight * weight;
    case WeightPart::Kind::One: return 1.0;
  }
  return weight;
}

DenseOperation::DenseOperation(std::vector<float> weights, std::vector<float> bias,
                               std::size_t pieces)
    : weights_(std::move(weights)), bias_(std::move(bias)), pieces_(pieces) {}

void DenseOperation::forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) {
  apply({}, inputs.front(), outputs.front(), Write::Assign);
  for (std::size_t j = 0; j < bias_.size(); ++j) {
    outputs.front()[j] = std::clamp(outputs.front()[j] + bias_[j], clamp.low, clamp.high);
  }
}

void DenseOperation::vjp(const VjpArguments& arguments) {
  adjoint({}, arguments.output_gradients.front(), arguments.input_gradients.front(), 1,
          Write::Assign);
}

void DenseOperation::apply(WeightPart part, std::span<const float> x, std::span<float> z,
                           Write write) {
  apply_piece(part, x, z, write, {});
}

void DenseOperation::apply_piece(WeightPart part, std::span<const float> x, std::span<float> z,
                                 Write write, Piece piece) {
  for (std::size_t j = piece.begin(bias_.size()); j < piece.end(bias_.size()); ++j) {
    double sum = write == Write::Accumulate ? static_cast<double>(z[j]) : 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum +=
          weigh(part, static_cast<double>(weights_[j * inputs() + i])) * static_cast<double>(x[i]);
    }
    z[j] = static_cast<float>(sum);
  }
}

void DenseOperation::adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                             std::size_t count, Write write) {
  for (std::size_t k = 0; k < count; ++k) {
    adjoint_piece(part, s.subspan(k * bias_.size(), bias_.size()),
                  r.subspan(k * inputs(), inputs()), write, {});
  }
}

void DenseOperation::adjoint_piece(WeightPart part, std::span<const float> s, std::span<float> r,
                                   Write write, Piece piece) {
  for (std::size_t i = piece.begin(inputs()); i < piece.end(inputs()); ++i) {
    double sum = write == Write::Accumulate ? static_cast<double>(r[i]) : 0.0;
    for (std::size_t j = 0; j < bias_.size(); ++j) {
      sum +=
          weigh(part, static_cast<double>(weights_[j * inputs() + i])) * static_cast<double>(s[j]);
    }
    r[i] = static_cast<float>(sum);
  }
}

}  // namespace relcam::testing
