#include "rules/pass.h"

#include <algorithm>

#include "base/error.h"

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
  if (!passed) {
    throw Error(ErrorCode::UncoveredNode,
                "relevance cannot pass through a node that broadcasts its only input");
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

  void propagate(const RuleNode& node, const Denominators& denominators, ConstBuffers outgoing,
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

}  // namespace relcam
