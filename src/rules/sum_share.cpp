#include "rules/sum_share.h"

#include "kernels/shares.h"
#include "rules/share.h"

namespace relcam {

namespace {

class SumRule final : public Rule {
 public:
  explicit SumRule(Stabilizer stabilizer) : stabilizer_(stabilizer) {}

  std::string_view name() const override { return "norm"; }

  ForwardReads reads(const VjpReads& vjp) const override {
    static_cast<void>(vjp);
    return {.inputs = true};
  }

  bool conserves() const override { return true; }

  Denominators denominators(const RuleNode& node) const override {
    Buffer sum(node.output_size);
    const std::span<float> out = sum.floats();
    node.operation->forward(node.inputs, std::vector<std::span<float>>{out}, {});
    stabilize(stabilizer_, out, node.pool);
    Denominators result;
    result.push_back(std::move(sum));
    return result;
  }

  void propagate(const RuleNode& node, const Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    Buffer shares(count * node.output_size);
    divide(outgoing.front(), denominators.front().floats(), 1.0F, shares.floats(), node.pool);
    const std::span<const float> signs = node.operation->signs();
    for (std::size_t i = 0; i < incoming.size(); ++i) {
      if (node.wanted[i] == 0) continue;
      if (node.input_sizes[i] == node.output_size) {
        weigh(shares.floats(), node.inputs[i], SignPart::Both, signs[i], incoming[i], Write::Assign,
              node.pool);
      } else {
        gather(node, shares.floats(), i, incoming[i]);
      }
    }
  }

  Losses losses(const RuleNode& node, const Denominators& denominators,
                ConstBuffers outgoing) const override {
    Losses losses;
    const std::span<const float> relevance = outgoing.front();
    const std::span<const float> z = denominators.front().floats();
    const Buffer constants = sum_of_constants(node);
    for (std::size_t i = 0; i < z.size(); ++i) {
      const auto amount = static_cast<double>(relevance[i]);
      if (z[i] == 0.0F) {
        losses.zeros += amount;
        continue;
      }
      const double share = amount / static_cast<double>(z[i]);
      losses.stabilizer += share * stabilizer_part(stabilizer_, z[i]);
      losses.bias += share * static_cast<double>(constants.floats()[i]);
    }
    return losses;
  }

 private:
  /// What y is where all live inputs are 0.
  static Buffer sum_of_constants(const RuleNode& node) {
    const Buffer zeros = filled(std::ranges::max(node.input_sizes), 0.0F);
    std::vector<std::span<const float>> inputs;
    for (const std::size_t size : node.input_sizes) inputs.push_back(zeros.floats().first(size));
    Buffer sum(node.output_size);
    const std::span<float> out = sum.floats();
    node.operation->forward(inputs, std::vector<std::span<float>>{out}, {});
    return sum;
  }

  /// For an input that is broadcast: the vjp sums over what an element was stretched to and applies
  /// the sign; multiplying by x_i makes it a share.
  static void gather(const RuleNode& node, std::span<const float> shares, std::size_t input,
                     std::span<float> incoming) {
    const std::size_t size = node.input_sizes[input];
    std::vector<std::span<float>> targets(node.inputs.size());
    for (std::size_t k = 0; k * size < incoming.size(); ++k) {
      targets[input] = incoming.subspan(k * size, size);
      const std::span<const float> gradient =
          shares.subspan(k * node.output_size, node.output_size);
      node.operation->vjp({.inputs = node.inputs,
                           .outputs = node.outputs,
                           .output_gradients = {&gradient, 1},
                           .input_gradients = targets});
    }
    weigh(incoming, node.inputs[input], SignPart::Both, 1.0F, incoming, Write::Assign, node.pool);
  }

  Stabilizer stabilizer_;
};

}  // namespace

std::unique_ptr<Rule> make_sum_rule(Stabilizer stabilizer) {
  return std::make_unique<SumRule>(stabilizer);
}

}  // namespace relcam
