#include "rules/linear_propagation.h"

#include <algorithm>
#include <cmath>

#include "rules/linear_terms.h"
#include "rules/share.h"

namespace relcam {

namespace {

/// Relevance of a node's outputs on the way to one branch.
struct Arrival {
  std::span<const float> relevance;  ///< `count` stacked
  std::size_t count;
  std::vector<std::uint32_t> outputs;  ///< those with any

  bool all_known(std::span<const float> denominators) const {
    return std::ranges::none_of(
        outputs, [&](std::uint32_t output) { return std::isnan(denominators[output]); });
  }
};

/// gathered = part(W)^T S of a branch of one term, and the denominators `z` of the outputs where
/// relevance arrives, in one reading of the weights.
void share_at_once(const RuleNode& node, const LinearBranch& branch, const LinearTerm& term,
                   const Stabilizer& stabilizer, const Arrival& arrival, std::span<float> z,
                   std::span<float> gathered) {
  LinearMap& map = *node.operation->linear();
  const std::span<const float> bias = map.bias();
  const auto find_shares = [&](std::span<const std::uint32_t> outputs, std::span<const float> sums,
                               std::span<float> shares) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::uint32_t output = outputs[i];
      const float raw = sums[i] + bias_part(branch, bias, output);
      const bool masked = branch.mask != LinearBranch::Mask::Everywhere &&
                          is_masked(branch.mask, node.outputs.front()[output]);
      z[output] = masked ? 0.0F : raw + static_cast<float>(stabilizer_part(stabilizer, raw));
      for (std::size_t k = 0; k < arrival.count; ++k) {
        shares[k * outputs.size() + i] = share_of(arrival.relevance[k * node.output_size + output],
                                                  z[output], branch.coefficient);
      }
    }
  };
  Buffer own;
  map.by_output()->share(term.weight, input_part(node, term, own), arrival.outputs, find_shares,
                         gathered, arrival.count);
}

/// Relevance of a node's outputs becoming that of its input, term by term.
class LinearPropagation final : public RuleWork {
 public:
  LinearPropagation(const RuleNode& node, const LinearShare& share, Denominators& denominators,
                    std::span<const float> outgoing, std::size_t count, std::size_t pieces,
                    std::span<float> incoming)
      : share_(&share),
        denominators_(&denominators),
        outgoing_(outgoing),
        incoming_(incoming),
        count_(count),
        pieces_(pieces),
        shares_(outgoing.size()) {
    if (node.operation->linear()->by_output() == nullptr) return;
    arrival_ = {outgoing, count, relevant_outputs(outgoing, node.output_size)};
  }

  bool step(const RuleNode& node) override {
    if (term_ < terms_.size()) {
      step_term(node);
      return true;
    }
    if (branches_ < share_->branches.size()) {
      begin_branch(node);
      return true;
    }
    if (write_ == Write::Assign) std::ranges::fill(incoming_, 0.0F);
    return false;
  }

 private:
  const LinearBranch& branch() const { return share_->branches[branches_ - 1]; }
  std::span<float> denominators() const { return (*denominators_)[branches_ - 1].floats(); }

  void begin_branch(const RuleNode& node) {
    ++branches_;
    terms_ = active_terms(branch(), node);
    term_ = 0;
    at_once_ = arrival_ && !arrival_->all_known(denominators());
    if (at_once_) return;
    divide(outgoing_, denominators(), branch().coefficient, shares_.floats(), node.pool);
  }

  void step_term(const RuleNode& node) {
    // The first term needs no array beside the result.
    const bool is_first = write_ == Write::Assign;
    if (!is_first && beside_.empty()) beside_ = Buffer(incoming_.size());
    const std::span<float> gathered = is_first ? incoming_ : beside_.floats();
    const LinearTerm& term = terms_[term_];
    if (!gather(node, term, gathered)) return;
    add_share(node, term, gathered, incoming_, write_);
    write_ = Write::Accumulate;
    ++term_;
  }

  /// gathered = part(W)^T S, or a piece of it; false while pieces are left.
  bool gather(const RuleNode& node, const LinearTerm& term, std::span<float> gathered) {
    LinearMap& map = *node.operation->linear();
    if (at_once_) {
      share_at_once(node, branch(), term, share_->stabilizer, *arrival_, denominators(), gathered);
      return true;
    }
    if (pieces_ == 1) {
      map.adjoint(term.weight, shares_.floats(), gathered, count_, Write::Assign);
      return true;
    }
    const Piece piece{.index = piece_, .count = pieces_};
    map.adjoint_piece(term.weight, shares_.floats(), gathered, Write::Assign, piece);
    piece_ = (piece_ + 1) % pieces_;
    return piece_ == 0;
  }

  const LinearShare* share_;
  Denominators* denominators_;
  std::span<const float> outgoing_;
  std::span<float> incoming_;
  std::size_t count_;
  std::size_t pieces_;
  Buffer shares_;
  Buffer beside_;
  std::optional<Arrival> arrival_;
  std::size_t branches_ = 0;  ///< begun
  bool at_once_ = false;
  std::vector<LinearTerm> terms_;  ///< of the branch at hand
  std::size_t term_ = 0;
  std::size_t piece_ = 0;
  Write write_ = Write::Assign;
};

}  // namespace

std::unique_ptr<RuleWork> linear_propagation(const RuleNode& node, const LinearShare& share,
                                             Denominators& denominators,
                                             std::span<const float> outgoing, std::size_t count,
                                             std::size_t pieces, std::span<float> incoming) {
  return std::make_unique<LinearPropagation>(node, share, denominators, outgoing, count, pieces,
                                             incoming);
}

}  // namespace relcam
