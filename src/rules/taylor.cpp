#include "rules/taylor.h"

#include <algorithm>

#include "kernels/shares.h"
#include "rules/roster.h"
#include "rules/share.h"

namespace relcam {

namespace {

class TaylorRule final : public Rule {
 public:
  explicit TaylorRule(TaylorShare share) : share_(share) {}

  std::string_view name() const override { return share_.name; }

  ForwardReads reads(const VjpReads& vjp) const override {
    return {.inputs = true, .outputs = vjp.outputs};
  }

  /// Products of which one input receives all.
  bool conserves() const override { return share_.receiver != kAllInputs; }

  bool serves(const RuleSite& site) const override {
    switch (site.kind) {
      case Kind::Winner:
      case Kind::Route:
      case Kind::Blind: return false;
      case Kind::Normalization: return site.operation != nullptr;
      default: return site.operation != nullptr && !share_.frozen;
    }
  }

  Denominators denominators(const RuleNode& node) const override {
    return stabilized_output(node, share_.stabilizer);
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t /*count*/, Buffers incoming) const override {
    const Buffer shares = divided(node, outgoing.front(), denominators);
    for (std::size_t i = 0; i < incoming.size(); ++i) {
      if (node.wanted[i] == 0) continue;
      if (share_.receiver != kAllInputs && share_.receiver != i) {
        std::ranges::fill(incoming[i], 0.0F);
        continue;
      }
      send_back(node, shares.floats(), i, incoming[i], share_.frozen);
      weigh(incoming[i], node.inputs[i], SignPart::Both, part_of_input(node), incoming[i],
            Write::Assign, node.pool);
    }
  }

  Losses losses(const RuleNode& node, const Denominators& denominators,
                ConstBuffers outgoing) const override {
    Losses losses;
    const auto z = denominators.front().floats();
    for (std::size_t i = 0; i < z.size(); ++i) {
      const auto amount = static_cast<double>(outgoing.front()[i]);
      if (z[i] == 0.0F) {
        losses.zeros += amount;
      } else {
        losses.stabilizer +=
            amount / static_cast<double>(z[i]) * stabilizer_part(share_.stabilizer, z[i]);
      }
    }
    losses.bias = withheld(*this, node, outgoing) - losses.zeros - losses.stabilizer;
    return losses;
  }

 private:
  /// Every factor of a product of n values has all of it as its first-order term.
  float part_of_input(const RuleNode& node) const {
    const bool adds = !node.operation->signs().empty() || node.operation->linear() != nullptr;
    if (adds || share_.receiver != kAllInputs) return 1.0F;
    const auto constants = std::ranges::count(node.input_sizes, std::size_t{0});
    return 1.0F / static_cast<float>(std::ssize(node.input_sizes) - constants);
  }

  TaylorShare share_;
};

}  // namespace

std::unique_ptr<Rule> make_taylor_rule(TaylorShare share) {
  return std::make_unique<TaylorRule>(share);
}

std::unique_ptr<Rule> make_value_rule(std::size_t receiver, Stabilizer stabilizer) {
  return make_taylor_rule({.name = "value", .stabilizer = stabilizer, .receiver = receiver});
}

RuleEntry taylor_rule() {
  return {
      .name = "taylor",
      .summary =
          "shares by input times gradient, half to each of two multiplied values: softmax, "
          "products, constants that absorb",
      .paper =
          "Achtibat et al., AttnLRP: Attention-Aware Layer-Wise Relevance Propagation for "
          "Transformers, ICML 2024",
      .parameters = {stabilizer_parameter()},
      .make = [](const Parameters& parameters) {
        return make_taylor_rule({.stabilizer = signed_stabilizer(parameters.number("stabilizer"))});
      }};
}

}  // namespace relcam
