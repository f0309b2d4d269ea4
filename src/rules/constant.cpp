#include "rules/constant.h"

#include <algorithm>
#include <numeric>

#include "rules/roster.h"

namespace relcam {

namespace {

class ConstantRule final : public Rule {
 public:
  std::string_view name() const override { return "constant"; }

  ForwardReads reads(const VjpReads& /*vjp*/) const override { return {}; }

  bool conserves() const override { return false; }

  void propagate(const RuleNode& /*node*/, Denominators& /*denominators*/,
                 ConstBuffers /*outgoing*/, std::size_t /*count*/,
                 Buffers incoming) const override {
    for (const std::span<float>& relevance : incoming) std::ranges::fill(relevance, 0.0F);
  }

  Losses losses(const RuleNode& /*node*/, const Denominators& /*denominators*/,
                ConstBuffers outgoing) const override {
    Losses losses;
    for (const auto& relevance : outgoing) {
      losses.bias = std::accumulate(relevance.begin(), relevance.end(), losses.bias);
    }
    return losses;
  }
};

}  // namespace

std::unique_ptr<Rule> make_constant_rule() { return std::make_unique<ConstantRule>(); }

RuleEntry constant_rule() {
  return {.name = "constant",
          .summary = "no relevance passes: the output is taken for a constant",
          .paper =
              "Ali et al., XAI for Transformers: Better Explanations through Conservative "
              "Propagation, ICML 2022",
          .parameters = {},
          .make = [](const Parameters& /*parameters*/) { return make_constant_rule(); }};
}

}  // namespace relcam
