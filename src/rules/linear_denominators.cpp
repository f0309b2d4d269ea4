#include "rules/linear_denominators.h"

#include <algorithm>
#include <limits>

#include "rules/linear_terms.h"
#include "rules/share.h"

namespace relcam {

namespace {

void add_bias(const LinearBranch& branch, const LinearMap& map, std::span<float> z) {
  const std::span<const float> bias = map.bias();
  if (!branch.bias || bias.empty()) return;
  std::vector<float> parts(bias.size());
  for (std::size_t i = 0; i < bias.size(); ++i) parts[i] = bias_part(branch, bias, i);
  for (std::size_t first = 0; first < z.size(); first += parts.size()) {
    for (std::size_t i = 0; i < parts.size(); ++i) z[first + i] += parts[i];
  }
}

void apply_mask(LinearBranch::Mask mask, std::span<const float> y, std::span<float> z) {
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (is_masked(mask, y[i])) z[i] = 0.0F;
  }
}

/// Whether Z is w x + b itself.
bool is_output(const LinearBranch& branch) {
  const LinearTerm& term = branch.terms.front();
  const auto plain = [](WeightPart part) { return part.kind == WeightPart::Kind::All; };
  return branch.terms.size() == 1 && term.input == InputPart::Value && term.factor == 1.0F &&
         plain(term.weight) && branch.bias && plain(*branch.bias) && branch.bias_factor == 1.0F;
}

/// Z of a branch, not stabilized, made in pieces.
class BranchSum {
 public:
  BranchSum(const RuleNode& node, const LinearBranch& branch)
      : branch_(&branch), z_(node.output_size) {
    // Sums that nearly cancel are as exact as the forward pass makes them, bias included.
    if (is_output(branch)) return;
    terms_ = active_terms(branch, node);
    if (terms_.empty()) std::ranges::fill(z_.floats(), 0.0F);
  }

  /// One of `pieces` of a term; false when the sum is there.
  bool step(const RuleNode& node, std::size_t pieces) {
    LinearMap& map = *node.operation->linear();
    if (is_output(*branch_)) {
      node.operation->forward(node.inputs, std::vector<std::span<float>>{z_.floats()}, {});
      return false;
    }
    if (done_ < terms_.size() * pieces) {
      const std::size_t term = done_ / pieces;
      const Piece piece{.index = done_ % pieces, .count = pieces};
      Buffer own;
      map.apply_piece(terms_[term].weight, input_part(node, terms_[term], own), z_.floats(),
                      term == 0 ? Write::Assign : Write::Accumulate, piece);
      if (++done_ < terms_.size() * pieces) return true;
    }
    add_bias(*branch_, map, z_.floats());
    return false;
  }

  Buffer take() { return std::move(z_); }

 private:
  const LinearBranch* branch_;
  std::vector<LinearTerm> terms_;  ///< none where the forward pass makes the sum
  Buffer z_;
  std::size_t done_ = 0;
};

/// Whether one reading of the weights serves both denominators and shares.
bool can_share_at_once(const LinearShare& share, const LinearBranch& branch, const RuleNode& node) {
  LinearMap& map = *node.operation->linear();
  return map.by_output() != nullptr && share.stabilizer.kind != Stabilizer::Kind::Relative &&
         active_terms(branch, node).size() == 1;
}

/// The denominators of all branches, one after the other.
class LinearDenominators final : public RuleWork {
 public:
  LinearDenominators(const LinearShare& share, std::size_t pieces, Denominators& result)
      : share_(&share), pieces_(pieces), result_(&result) {}

  bool step(const RuleNode& node) override {
    const LinearBranch& branch = share_->branches[result_->size()];
    if (can_share_at_once(*share_, branch, node)) {
      result_->push_back(filled(node.output_size, std::numeric_limits<float>::quiet_NaN()));
    } else {
      if (!sum_) sum_.emplace(node, branch);
      if (sum_->step(node, pieces_)) return true;
      result_->push_back(finished(node, branch));
    }
    return result_->size() < share_->branches.size();
  }

 private:
  Buffer finished(const RuleNode& node, const LinearBranch& branch) {
    Buffer z = sum_->take();
    sum_.reset();
    stabilize(share_->stabilizer, z.floats(), node.pool);
    if (!node.outputs.empty()) apply_mask(branch.mask, node.outputs.front(), z.floats());
    return z;
  }

  const LinearShare* share_;
  std::size_t pieces_;
  Denominators* result_;
  std::optional<BranchSum> sum_;  ///< of the branch at hand
};

}  // namespace

Buffer linear_denominator(const RuleNode& node, const LinearBranch& branch) {
  BranchSum sum(node, branch);
  while (sum.step(node, 1)) continue;
  return sum.take();
}

std::unique_ptr<RuleWork> linear_denominators(const LinearShare& share, std::size_t pieces,
                                              Denominators& result) {
  return std::make_unique<LinearDenominators>(share, pieces, result);
}

}  // namespace relcam
