#include "rules/linear_share.h"

#include <algorithm>

#include "rules/linear_denominators.h"
#include "rules/linear_propagation.h"
#include "rules/linear_terms.h"
#include "rules/share.h"

namespace relcam {

namespace {

/// Whether the branch is the one that should serve an output. What has no sign is booked with the
/// positive ones.
bool is_served(LinearBranch::Mask mask, std::span<const float> y, std::size_t i) {
  if (mask == LinearBranch::Mask::Everywhere) return true;
  return (mask == LinearBranch::Mask::NegativeOutput) == (y[i] < 0.0F);
}

void finish(RuleWork& work, const RuleNode& node) {
  while (work.step(node)) continue;
}

class LinearRule final : public Rule {
 public:
  explicit LinearRule(LinearShare share) : share_(std::move(share)) {}

  std::string_view name() const override { return share_.name; }

  ForwardReads reads(const VjpReads& vjp) const override {
    static_cast<void>(vjp);
    const bool masked = std::ranges::any_of(share_.branches, [](const LinearBranch& branch) {
      return branch.mask != LinearBranch::Mask::Everywhere;
    });
    const bool values = uses([](InputPart part) { return sign_part(part).has_value(); });
    const bool bounds =
        uses([](InputPart part) { return part == InputPart::Low || part == InputPart::High; });
    return {.inputs = values, .outputs = masked, .bounds = bounds};
  }

  bool conserves() const override { return share_.conserves; }

  bool serves(const RuleSite& site) const override {
    return site.operation != nullptr && site.operation->linear() != nullptr;
  }

  Denominators denominators(const RuleNode& node) const override {
    Denominators result;
    finish(*linear_denominators(share_, 1, result), node);
    return result;
  }

  std::unique_ptr<RuleWork> start_denominators(const RuleNode& node,
                                               Denominators& result) const override {
    if (!takes_steps(node)) return nullptr;
    return linear_denominators(share_, node.operation->linear()->pieces(), result);
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    if (node.wanted.front() == 0) return;
    finish(*linear_propagation(node, share_, denominators, outgoing.front(), count, 1,
                               incoming.front()),
           node);
  }

  std::unique_ptr<RuleWork> start_propagation(const RuleNode& node, Denominators& denominators,
                                              ConstBuffers outgoing,
                                              Buffers incoming) const override {
    if (!takes_steps(node) || node.wanted.front() == 0) return nullptr;
    return linear_propagation(node, share_, denominators, outgoing.front(), 1,
                              node.operation->linear()->pieces(), incoming.front());
  }

  bool splits_weights() const override {
    return std::ranges::any_of(share_.branches, [](const LinearBranch& branch) {
      return std::ranges::any_of(branch.terms, [](const LinearTerm& term) {
        using enum WeightPart::Kind;
        const WeightPart::Kind kind = term.weight.kind;
        return kind != All && kind != Square && kind != One;
      });
    });
  }

  /// Every output's relevance goes to terms, bias and stabilizer of the branches that serve it, in
  /// the proportions in which they make up the denominator.
  Losses losses(const RuleNode& node, const Denominators& denominators,
                ConstBuffers outgoing) const override {
    Losses losses;
    for (std::size_t b = 0; b < share_.branches.size(); ++b) {
      book_branch(node, share_.branches[b], denominators[b].floats(), outgoing.front(), losses);
    }
    return losses;
  }

 private:
  /// A short step has room for one product.
  bool takes_steps(const RuleNode& node) const {
    return node.operation->linear()->pieces() > 1 || share_.branches.size() > 1 ||
           share_.branches.front().terms.size() > 1;
  }

  void book_branch(const RuleNode& node, const LinearBranch& branch, std::span<const float> z,
                   std::span<const float> relevance, Losses& losses) const {
    const std::span<const float> y =
        node.outputs.empty() ? std::span<const float>{} : node.outputs.front();
    const std::span<const float> bias = node.operation->linear()->bias();
    const Stabilizer stabilizer =
        share_.stabilizer.kind == Stabilizer::Kind::Relative
            ? in_absolute_terms(share_.stabilizer, linear_denominator(node, branch).floats())
            : share_.stabilizer;
    for (std::size_t i = 0; i < z.size(); ++i) {
      if (!is_served(branch.mask, y, i)) continue;
      const double amount =
          static_cast<double>(branch.coefficient) * static_cast<double>(relevance[i]);
      if (amount == 0.0) continue;
      if (z[i] == 0.0F) {
        losses.zeros += amount;
        continue;
      }
      const double share = amount / static_cast<double>(z[i]);
      losses.stabilizer += share * stabilizer_part(stabilizer, z[i]);
      losses.bias += share * static_cast<double>(bias_part(branch, bias, i));
    }
  }

  /// Whether the input part of any term is such a one.
  template <typename Predicate>
  bool uses(Predicate predicate) const {
    return std::ranges::any_of(share_.branches, [&](const LinearBranch& branch) {
      return std::ranges::any_of(branch.terms,
                                 [&](const LinearTerm& term) { return predicate(term.input); });
    });
  }

  LinearShare share_;
};

}  // namespace

std::unique_ptr<Rule> make_linear_rule(LinearShare share) {
  return std::make_unique<LinearRule>(std::move(share));
}

}  // namespace relcam
