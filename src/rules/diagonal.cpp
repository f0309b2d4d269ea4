#include "rules/diagonal.h"

#include "rules/share.h"

namespace relcam {

namespace {

class DiagonalRule final : public Rule {
 public:
  std::string_view name() const override { return "batch-norm"; }

  ForwardReads reads(const VjpReads& vjp) const override {
    static_cast<void>(vjp);
    return {.inputs = true};
  }

  bool conserves() const override { return true; }

  Denominators denominators(const RuleNode& node) const override {
    constexpr float kEpsilon = 1e-9F;
    Buffer factor(node.output_size);
    node.operation->linear()->apply({}, node.inputs.front(), factor.floats(), Write::Assign);
    for (float& value : factor.floats()) value = value == 0.0F ? 0.0F : value / (value + kEpsilon);
    Denominators result;
    result.push_back(std::move(factor));
    return result;
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    if (node.wanted.front() == 0) return;
    const auto factor = denominators.front().floats();
    for (std::size_t at = 0; at < count * node.output_size; at += node.output_size) {
      for (std::size_t i = 0; i < node.output_size; ++i) {
        incoming.front()[at + i] = outgoing.front()[at + i] * factor[i];
      }
    }
  }

  Losses losses(const RuleNode& node, const Denominators& denominators,
                ConstBuffers outgoing) const override {
    static_cast<void>(node);
    Losses losses;
    const auto factor = denominators.front().floats();
    for (std::size_t i = 0; i < factor.size(); ++i) {
      const auto amount = static_cast<double>(outgoing.front()[i]);
      const double lost = amount * (1.0 - static_cast<double>(factor[i]));
      (factor[i] == 0.0F ? losses.zeros : losses.stabilizer) += lost;
    }
    return losses;
  }
};

}  // namespace

std::unique_ptr<Rule> make_diagonal_rule() { return std::make_unique<DiagonalRule>(); }

}  // namespace relcam
