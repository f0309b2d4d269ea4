#include "rules/pass.h"

#include <algorithm>

#include "rules/roster.h"

namespace relcam {

namespace {

/// Copies the outgoing relevance to the first input of the output's size, zeros to the others.
void pass_to_first_full_input(const RuleNode& node, ConstBuffers outgoing, std::size_t count,
                              Buffers incoming) {
  bool passed = false;
  for (std::size_t i = 0; i < incoming.size(); ++i) {
    const bool full = !passed && node.input_sizes[i] == node.output_size;
    passed = passed || full;
    if (node.wanted[i] == 0) continue;
    if (full) {
      std::ranges::copy(outgoing.front().first(count * node.output_size), incoming[i].begin());
    } else {
      std::ranges::fill(incoming[i], 0.0F);
    }
  }
}

class PassRule final : public Rule {
 public:
  explicit PassRule(std::string_view name) : name_(name) {}

  std::string_view name() const override { return name_; }

  ForwardReads reads(const VjpReads& vjp) const override {
    static_cast<void>(vjp);
    return {};
  }

  bool conserves() const override { return true; }

  bool passes() const override { return true; }

  bool serves(const RuleSite& site) const override {
    const auto live = std::ranges::count_if(site.input_sizes, [](auto size) { return size != 0; });
    const bool full =
        std::ranges::find(site.input_sizes, site.output_size) != site.input_sizes.end();
    switch (site.kind) {
      case Kind::Activation:
      case Kind::Affine:
      case Kind::Normalization:
      case Kind::Gate: return full;
      case Kind::Own: return full && live == 1;
      default: return false;
    }
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    static_cast<void>(denominators);
    pass_to_first_full_input(node, outgoing, count, incoming);
  }

 private:
  std::string_view name_;
};

}  // namespace

std::unique_ptr<Rule> make_pass_rule() { return std::make_unique<PassRule>("pass"); }

std::unique_ptr<Rule> make_signal_rule() { return std::make_unique<PassRule>("signal"); }

RuleEntry pass_rule() {
  return {.name = "pass",
          .summary = "relevance passes unchanged: activations, normalizations, constants",
          .paper =
              "Bach et al., On pixel-wise explanations for non-linear classifier decisions, "
              "PLOS ONE 2015",
          .parameters = {},
          .make = [](const Parameters& /*parameters*/) { return make_pass_rule(); }};
}

}  // namespace relcam
