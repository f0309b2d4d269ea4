#include "rules/magnitude.h"

#include <cmath>

#include "kernels/shares.h"
#include "rules/share.h"

namespace relcam {

namespace {

/// The norm rule for x'_i = |x_i|, its sign turned so that the sum adds it.
class MagnitudeRule final : public Rule {
 public:
  std::string_view name() const override { return "magnitude"; }

  ForwardReads reads(const VjpReads& vjp) const override {
    static_cast<void>(vjp);
    return {.inputs = true};
  }

  bool conserves() const override { return true; }

  bool serves(const RuleSite& site) const override { return site.kind == Kind::Sum; }

  Denominators denominators(const RuleNode& node) const override {
    std::vector<Buffer> magnitudes;
    std::vector<std::span<const float>> inputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      magnitudes.push_back(magnitude(node, i));
      inputs.push_back(magnitudes.back().floats());
    }
    Denominators result;
    result.push_back(output_of(node, inputs));
    return result;
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t /*count*/, Buffers incoming) const override {
    const Buffer shares = divided(node, outgoing.front(), denominators);
    for (std::size_t i = 0; i < incoming.size(); ++i) {
      if (node.wanted[i] == 0) continue;
      send_back(node, shares.floats(), i, incoming[i]);
      const Buffer weight = magnitude(node, i);
      weigh(incoming[i], weight.floats(), SignPart::Both, 1.0F, incoming[i], Write::Assign,
            node.pool);
    }
  }

  Losses losses(const RuleNode& node, const Denominators& denominators,
                ConstBuffers outgoing) const override {
    return losses_of_sum(node, Stabilizer{}, denominators.front().floats(), outgoing.front());
  }

 private:
  static Buffer magnitude(const RuleNode& node, std::size_t input) {
    const std::span<const float> x = node.inputs[input];
    const float sign = std::copysign(1.0F, node.operation->signs()[input]);
    Buffer result(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) result.floats()[i] = sign * std::abs(x[i]);
    return result;
  }
};

}  // namespace

std::unique_ptr<Rule> make_magnitude_rule() { return std::make_unique<MagnitudeRule>(); }

}  // namespace relcam
