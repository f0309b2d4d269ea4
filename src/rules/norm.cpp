#include "rules/norm.h"

#include "kernels/shares.h"
#include "rules/roster.h"
#include "rules/share.h"

namespace relcam {

namespace {

class NormRule final : public Rule {
 public:
  explicit NormRule(Stabilizer stabilizer) : stabilizer_(stabilizer) {}

  std::string_view name() const override { return "norm"; }

  ForwardReads reads(const VjpReads& vjp) const override {
    static_cast<void>(vjp);
    return {.inputs = true};
  }

  bool conserves() const override { return true; }

  bool serves(const RuleSite& site) const override {
    return site.kind == Kind::Sum || site.kind == Kind::Pool;
  }

  Denominators denominators(const RuleNode& node) const override {
    return stabilized_output(node, stabilizer_);
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t /*count*/, Buffers incoming) const override {
    const Buffer shares = divided(node, outgoing.front(), denominators);
    const std::span<const float> signs = node.operation->signs();
    for (std::size_t i = 0; i < incoming.size(); ++i) {
      if (node.wanted[i] == 0) continue;
      const bool is_operand = !signs.empty() && node.input_sizes[i] == node.output_size;
      if (is_operand) {
        weigh(shares.floats(), node.inputs[i], SignPart::Both, signs[i], incoming[i], Write::Assign,
              node.pool);
        continue;
      }
      send_back(node, shares.floats(), i, incoming[i]);
      weigh(incoming[i], node.inputs[i], SignPart::Both, 1.0F, incoming[i], Write::Assign,
            node.pool);
    }
  }

  Losses losses(const RuleNode& node, const Denominators& denominators,
                ConstBuffers outgoing) const override {
    return losses_of_sum(node, stabilizer_, denominators.front().floats(), outgoing.front());
  }

 private:
  Stabilizer stabilizer_;
};

}  // namespace

std::unique_ptr<Rule> make_norm_rule(Stabilizer stabilizer) {
  return std::make_unique<NormRule>(stabilizer);
}

RuleEntry norm_rule() {
  return {.name = "norm",
          .summary = "sums and averages: shares by contribution, with signs",
          .paper =
              "Anders et al., Software for dataset-wide XAI: from local explanations to "
              "global insights with Zennit, CoRelAy, and ViRelAy, 2021",
          .parameters = {stabilizer_parameter()},
          .make = [](const Parameters& parameters) {
            return make_norm_rule(signed_stabilizer(parameters.number("stabilizer")));
          }};
}

}  // namespace relcam
