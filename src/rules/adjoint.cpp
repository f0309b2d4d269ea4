#include "rules/adjoint.h"

#include <algorithm>

namespace relcam {

namespace {

/// Forward values that stacked gradient `k` belongs to: those of its own sample, or the only ones.
std::span<const float> forward_of(std::span<const float> values, std::size_t size, std::size_t k) {
  return values.size() <= size ? values : values.subspan(k * size, size);
}

std::vector<std::span<const float>> inputs_of(const RuleNode& node, std::size_t k) {
  std::vector<std::span<const float>> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.push_back(forward_of(node.inputs[i], node.input_sizes[i], k));
  }
  return inputs;
}

std::vector<std::span<const float>> outputs_of(const RuleNode& node, ConstBuffers gradients,
                                               std::size_t k) {
  std::vector<std::span<const float>> outputs;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    outputs.push_back(forward_of(node.outputs[i], gradients[i].size(), k));
  }
  return outputs;
}

/// The adjoint of a heavy linear map, piece by piece.
class LinearAdjoint final : public RuleWork {
 public:
  LinearAdjoint(std::span<const float> gradient, std::span<float> result)
      : gradient_(gradient), result_(result) {}

  bool step(const RuleNode& node) override {
    LinearMap& map = *node.operation->linear();
    const Piece piece{.index = done_++, .count = map.pieces()};
    map.adjoint_piece({}, gradient_, result_, Write::Assign, piece);
    return done_ < piece.count;
  }

 private:
  std::span<const float> gradient_;
  std::span<float> result_;
  std::size_t done_ = 0;
};

class AdjointRule final : public Rule {
 public:
  AdjointRule(std::string name, bool conserves, bool drop_zero_outputs)
      : name_(std::move(name)), conserves_(conserves), drop_zero_outputs_(drop_zero_outputs) {}

  std::string_view name() const override { return name_; }

  ForwardReads reads(const VjpReads& vjp) const override {
    return {.inputs = vjp.inputs, .outputs = vjp.outputs || drop_zero_outputs_, .bounds = false};
  }

  bool conserves() const override { return conserves_; }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    static_cast<void>(denominators);
    if (LinearMap* map = node.operation->linear(); map != nullptr) {
      if (node.wanted.front() == 0) return;
      map->adjoint({}, outgoing.front(), incoming.front(), count, Write::Assign);
      return;
    }
    for (std::size_t k = 0; k < count; ++k) {
      std::vector<std::span<const float>> gradients = sample_of(outgoing, count, k);
      const std::vector<std::span<const float>> inputs = inputs_of(node, k);
      const std::vector<std::span<const float>> outputs = outputs_of(node, gradients, k);
      const Buffer kept =
          drop_zero_outputs_ ? without_zero_outputs(outputs.front(), gradients.front()) : Buffer();
      if (drop_zero_outputs_) gradients.front() = kept.floats();
      const std::vector<std::span<float>> results = sample_of(incoming, count, k);
      node.operation->vjp({.inputs = inputs,
                           .outputs = outputs,
                           .output_gradients = gradients,
                           .input_gradients = results});
    }
  }

  std::unique_ptr<RuleWork> start_propagation(const RuleNode& node, Denominators& denominators,
                                              ConstBuffers outgoing,
                                              Buffers incoming) const override {
    static_cast<void>(denominators);
    LinearMap* map = node.operation->linear();
    if (map == nullptr || map->pieces() == 1 || node.wanted.front() == 0) return nullptr;
    return std::make_unique<LinearAdjoint>(outgoing.front(), incoming.front());
  }

  /// A gradient is no division of relevance, so that nothing of it can be lost.
  Losses losses(const RuleNode& node, const Denominators& denominators,
                ConstBuffers outgoing) const override {
    static_cast<void>(denominators);
    Losses losses;
    if (!conserves_) return losses;
    const std::vector<Buffer> fed = fed_outputs(node, outgoing);
    for (std::size_t output = 0; output < outgoing.size(); ++output) {
      const std::span<const float> feeds = fed[output].floats();
      for (std::size_t i = 0; i < feeds.size(); ++i) {
        const auto amount = static_cast<double>(outgoing[output][i]);
        if (drop_zero_outputs_ && node.outputs[output][i] == 0.0F) {
          losses.zeros += amount;
        } else {
          losses.padding += amount * (1.0 - static_cast<double>(feeds[i]));
        }
      }
    }
    return losses;
  }

 private:
  /// Per output element: 1 where it shows an input element, 0 where it shows a constant. Elements
  /// that are moved or win take over a change of all inputs, constants do not.
  static std::vector<Buffer> fed_outputs(const RuleNode& node, ConstBuffers outgoing) {
    std::vector<Buffer> fed = constant_run(node, outgoing, 1.0F);
    const std::vector<Buffer> constant = constant_run(node, outgoing, 0.0F);
    for (std::size_t output = 0; output < fed.size(); ++output) {
      std::ranges::transform(fed[output].floats(), constant[output].floats(),
                             fed[output].floats().begin(),
                             [](float one, float zero) { return one != zero ? 1.0F : 0.0F; });
    }
    return fed;
  }

  /// The outputs where every element of the inputs is `value`, but for those that no relevance
  /// goes to: conditions.
  static std::vector<Buffer> constant_run(const RuleNode& node, ConstBuffers outgoing,
                                          float value) {
    const Buffer values = filled(std::ranges::max(node.input_sizes), value);
    std::vector<std::span<const float>> inputs;
    for (std::size_t i = 0; i < node.input_sizes.size(); ++i) {
      const bool keeps = node.wanted[i] == 0 && !node.inputs[i].empty();
      inputs.push_back(keeps ? node.inputs[i] : values.floats().first(node.input_sizes[i]));
    }
    std::vector<Buffer> results;
    std::vector<std::span<float>> outputs;
    for (const auto& relevance : outgoing) {
      results.emplace_back(relevance.size());
      outputs.push_back(results.back().floats());
    }
    node.operation->forward(inputs, outputs, {});
    return results;
  }

  static Buffer without_zero_outputs(std::span<const float> y, std::span<const float> relevance) {
    Buffer result(relevance.size());
    for (std::size_t i = 0; i < relevance.size(); ++i) {
      result.floats()[i] = y[i] == 0.0F ? 0.0F : relevance[i];
    }
    return result;
  }

  std::string name_;
  bool conserves_;
  bool drop_zero_outputs_;
};

}  // namespace

std::unique_ptr<Rule> make_adjoint_rule(std::string name, bool conserves, bool drop_zero_outputs) {
  return std::make_unique<AdjointRule>(std::move(name), conserves, drop_zero_outputs);
}

}  // namespace relcam
