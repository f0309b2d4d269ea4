#include "rules/rescaled_sum.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "kernels/shares.h"
#include "rules/share.h"

namespace relcam {

namespace {

constexpr double kTiny = 1e-9;
constexpr Stabilizer kPlusTiny{.kind = Stabilizer::Kind::Plus, .epsilon = 1e-9F};

double product_of(std::span<const float> a, std::span<const float> b) {
  return std::transform_reduce(
      a.begin(), a.end(), b.begin(), 0.0, std::plus(),
      [](float x, float y) { return static_cast<double>(x) * static_cast<double>(y); });
}

class RescaledSumRule final : public Rule {
 public:
  std::string_view name() const override { return "rescaled-sum"; }

  ForwardReads reads(const VjpReads& /*vjp*/) const override { return {.inputs = true}; }

  bool conserves() const override { return true; }

  bool serves(const RuleSite& site) const override {
    return site.operation != nullptr && !site.operation->signs().empty();
  }

  /// The sum, and the part of constants in it.
  Denominators denominators(const RuleNode& node) const override {
    Denominators result = stabilized_output(node, kPlusTiny);
    result.push_back(sum_of_constants(node));
    return result;
  }

  void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                 std::size_t count, Buffers incoming) const override {
    const Buffer shares = divided(node, outgoing.front(), denominators);
    std::vector<Buffer> parts = signed_parts(node, shares.floats(), count);
    for (std::size_t k = 0; k < count; ++k) {
      const double constants =
          product_of(slice(shares.floats(), count, k), denominators.back().floats());
      const std::vector<float> factors =
          factors_of(parts, count, k, constants, total_of(slice(outgoing.front(), count, k)));
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (node.wanted[i] == 0) continue;
        std::ranges::transform(slice(parts[i].floats(), count, k),
                               slice(incoming[i], count, k).begin(),
                               [factor = factors[i]](float value) { return factor * value; });
      }
    }
  }

  Losses losses(const RuleNode& node, const Denominators& /*denominators*/,
                ConstBuffers outgoing) const override {
    return {.bias = withheld(*this, node, outgoing)};
  }

 private:
  /// x_i R / (y + 1e-9) of every live input.
  static std::vector<Buffer> signed_parts(const RuleNode& node, std::span<const float> shares,
                                          std::size_t count) {
    std::vector<Buffer> parts;
    for (std::size_t i = 0; i < node.input_sizes.size(); ++i) {
      const std::span<float> part = parts.emplace_back(count * node.input_sizes[i]).floats();
      if (part.empty()) continue;
      send_back(node, shares, i, part);
      weigh(part, node.inputs[i], SignPart::Both, 1.0F, part, Write::Assign, node.pool);
    }
    return parts;
  }

  /// By which stacked relevance `k` of every part is scaled.
  static std::vector<float> factors_of(std::vector<Buffer>& parts, std::size_t count, std::size_t k,
                                       double constants, double received) {
    double magnitude = std::abs(constants);
    std::vector<double> totals;
    for (Buffer& part : parts) {
      totals.push_back(total_of(slice(part.floats(), count, k)));
      magnitude += std::abs(totals.back());
    }
    std::vector<float> factors;
    for (const double total : totals) {
      const double share = std::abs(total) / (magnitude + kTiny) * received;
      factors.push_back(total == 0.0 ? 0.0F : static_cast<float>(share / (total + kTiny)));
    }
    return factors;
  }
};

}  // namespace

std::unique_ptr<Rule> make_rescaled_sum_rule() { return std::make_unique<RescaledSumRule>(); }

}  // namespace relcam
