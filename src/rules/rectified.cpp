#include "rules/rectified.h"

#include <algorithm>

#include "rules/adjoint.h"
#include "rules/pass.h"

namespace relcam {

namespace {

/// What another rule sends to the inputs, without its negative part.
class RectifiedRule final : public Rule {
 public:
  RectifiedRule(std::string_view name, std::unique_ptr<Rule> rule)
      : name_(name), rule_(std::move(rule)) {}

  std::string_view name() const override { return name_; }

  ForwardReads reads(const VjpReads& vjp) const override { return rule_->reads(vjp); }

  bool conserves() const override { return false; }

  bool serves(const RuleSite& site) const override {
    return site.kind == Kind::Activation && rule_->serves(site);
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    rule_->propagate(node, denominators, outgoing, count, incoming);
    for (const std::span<float> relevance : incoming) {
      std::ranges::transform(relevance, relevance.begin(),
                             [](float value) { return std::max(value, 0.0F); });
    }
  }

 private:
  std::string_view name_;
  std::unique_ptr<Rule> rule_;
};

}  // namespace

std::unique_ptr<Rule> make_guided_rule() {
  return std::make_unique<RectifiedRule>("guided", make_adjoint_rule("gradient", false));
}

std::unique_ptr<Rule> make_deconvolution_rule() {
  return std::make_unique<RectifiedRule>("deconvolution", make_pass_rule());
}

}  // namespace relcam
