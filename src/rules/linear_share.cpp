#include "rules/linear_share.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/shares.h"
#include "rules/share.h"

namespace relcam {

namespace {

float weight_part(WeightPart part, float value) {
  switch (part.kind) {
    case WeightPart::Kind::All: return value;
    case WeightPart::Kind::Positive: return std::max(value, 0.0F);
    case WeightPart::Kind::Negative: return std::min(value, 0.0F);
    case WeightPart::Kind::GammaPositive: return value + part.gamma * std::max(value, 0.0F);
    case WeightPart::Kind::GammaNegative: return value + part.gamma * std::min(value, 0.0F);
    case WeightPart::Kind::Square: return value * value;
    case WeightPart::Kind::One: return 1.0F;
  }
  return value;
}

/// The term as the node really has it: nothing if it is zero, x itself for x+ of inputs that
/// cannot be negative.
std::optional<LinearTerm> active_term(LinearTerm term, const RuleNode& node, const LinearMap& map) {
  if (term.weight.kind == WeightPart::Kind::Negative && !map.has_negative_weights()) return {};
  const bool non_negative = node.non_negative.front() != 0;
  if (term.input == InputPart::Negative && non_negative) return {};
  if (term.input == InputPart::Positive && non_negative) term.input = InputPart::Value;
  return term;
}

/// The terms that are left.
std::vector<LinearTerm> active_terms(const LinearBranch& branch, const RuleNode& node,
                                     const LinearMap& map) {
  std::vector<LinearTerm> terms;
  for (const LinearTerm& term : branch.terms) {
    if (const auto active = active_term(term, node, map)) terms.push_back(*active);
  }
  return terms;
}

/// The part of x that has the asked-for sign, for parts that are taken of the input itself.
std::optional<SignPart> sign_part(InputPart part) {
  switch (part) {
    case InputPart::Value: return SignPart::Both;
    case InputPart::Positive: return SignPart::Positive;
    case InputPart::Negative: return SignPart::Negative;
    case InputPart::One:
    case InputPart::Low:
    case InputPart::High: return {};
  }
  return {};
}

/// factor * part(x) as an array of its own.
Buffer input_part(const RuleNode& node, const LinearTerm& term) {
  Buffer result(node.input_sizes.front());
  const std::span<float> out = result.floats();
  if (const auto part = sign_part(term.input)) {
    take_part(node.inputs.front(), *part, term.factor, out, node.pool);
    return result;
  }
  constexpr float kOne[] = {1.0F};
  std::span<const float> values = term.input == InputPart::Low ? node.low : node.high;
  if (term.input == InputPart::One) values = kOne;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = term.factor * values[i % values.size()];
  return result;
}

/// Calls use(factor * part(x)).
template <typename Use>
void with_input(const RuleNode& node, const LinearTerm& term, const Use& use) {
  if (term.input == InputPart::Value && term.factor == 1.0F) return use(node.inputs.front());
  const Buffer part = input_part(node, term);
  use(part.floats());
}

/// What the bias adds to the denominator of output `i`.
float bias_part(const LinearBranch& branch, std::span<const float> bias, std::size_t i) {
  if (!branch.bias || bias.empty()) return 0.0F;
  return branch.bias_factor * weight_part(*branch.bias, bias[i % bias.size()]);
}

void add_bias(const LinearBranch& branch, const LinearMap& map, std::span<float> z) {
  const std::span<const float> bias = map.bias();
  if (!branch.bias || bias.empty()) return;
  std::vector<float> parts(bias.size());
  for (std::size_t i = 0; i < bias.size(); ++i) parts[i] = bias_part(branch, bias, i);
  for (std::size_t first = 0; first < z.size(); first += parts.size()) {
    for (std::size_t i = 0; i < parts.size(); ++i) z[first + i] += parts[i];
  }
}

/// Outputs the branch does not serve get the denominator 0: they have no share.
bool is_masked(LinearBranch::Mask mask, float y) {
  if (mask == LinearBranch::Mask::Everywhere) return false;
  return !((mask == LinearBranch::Mask::PositiveOutput ? y : -y) > 0.0F);
}

void apply_mask(LinearBranch::Mask mask, std::span<const float> y, std::span<float> z) {
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (is_masked(mask, y[i])) z[i] = 0.0F;
  }
}

/// Whether the branch is the one that should serve an output. What has no sign is booked with the
/// positive ones.
bool is_served(LinearBranch::Mask mask, std::span<const float> y, std::size_t i) {
  if (mask == LinearBranch::Mask::Everywhere) return true;
  return (mask == LinearBranch::Mask::NegativeOutput) == (y[i] < 0.0F);
}

/// relevance (+)= factor * part(x) * gathered, for stacked relevances; both may be one array.
void add_share(const RuleNode& node, const LinearTerm& term, std::span<const float> gathered,
               std::span<float> relevance, Write write) {
  if (const auto part = sign_part(term.input)) {
    weigh(gathered, node.inputs.front(), *part, term.factor, relevance, write, node.pool);
    return;
  }
  const Buffer part = input_part(node, term);
  weigh(gathered, part.floats(), SignPart::Both, 1.0F, relevance, write, node.pool);
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
    terms_ = active_terms(branch, node, *node.operation->linear());
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
      with_input(node, terms_[term], [&](auto x) {
        map.apply_piece(terms_[term].weight, x, z_.floats(),
                        term == 0 ? Write::Assign : Write::Accumulate, piece);
      });
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

/// Z of a branch at once.
Buffer denominator(const RuleNode& node, const LinearBranch& branch) {
  BranchSum sum(node, branch);
  while (sum.step(node, 1)) continue;
  return sum.take();
}

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
  with_input(node, term, [&](auto x) {
    map.by_output()->share(term.weight, x, arrival.outputs, find_shares, gathered, arrival.count);
  });
}

/// Whether one reading of the weights serves both denominators and shares.
bool can_share_at_once(const LinearShare& share, const LinearBranch& branch, const RuleNode& node) {
  LinearMap& map = *node.operation->linear();
  return map.by_output() != nullptr && share.stabilizer.kind != Stabilizer::Kind::Relative &&
         active_terms(branch, node, map).size() == 1;
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

/// Relevance of a node's outputs becoming that of its input, term by term.
class LinearPropagation final : public RuleWork {
 public:
  /// Terms of `count` stacked relevances at once, or of one in pieces.
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
    terms_ = active_terms(branch(), node, *node.operation->linear());
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
    LinearDenominators work(share_, 1, result);
    while (work.step(node)) continue;
    return result;
  }

  std::unique_ptr<RuleWork> start_denominators(const RuleNode& node,
                                               Denominators& result) const override {
    if (!takes_steps(node)) return nullptr;
    return std::make_unique<LinearDenominators>(share_, node.operation->linear()->pieces(), result);
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    if (node.wanted.front() == 0) return;
    LinearPropagation work(node, share_, denominators, outgoing.front(), count, 1,
                           incoming.front());
    while (work.step(node)) continue;
  }

  std::unique_ptr<RuleWork> start_propagation(const RuleNode& node, Denominators& denominators,
                                              ConstBuffers outgoing,
                                              Buffers incoming) const override {
    if (!takes_steps(node) || node.wanted.front() == 0) return nullptr;
    return std::make_unique<LinearPropagation>(node, share_, denominators, outgoing.front(), 1,
                                               node.operation->linear()->pieces(),
                                               incoming.front());
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
            ? in_absolute_terms(share_.stabilizer, denominator(node, branch).floats())
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
