#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "rules/rule_entry.h"
#include "support/dense_rule.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using testing::DenseRule;

constexpr std::array kKinds = {Kind::Linear, Kind::Pool, Kind::Normalization, Kind::Activation};

/// The kind of node that the rule is for, among those that a dense layer can stand for.
std::optional<Kind> kind_served(const Rule& rule) {
  testing::DenseOperation dense({1.0F}, {0.0F});
  const std::array<std::size_t, 1> sizes = {1};
  const auto found = std::ranges::find_if(kKinds, [&](Kind kind) {
    Operation* operation = kind == Kind::Activation ? nullptr : &dense;
    return rule.serves(
        {.kind = kind, .operation = operation, .input_sizes = sizes, .output_size = 1});
  });
  return found == kKinds.end() ? std::nullopt : std::optional(*found);
}

/// A layer such as the rule is for: averages have positive weights and no bias.
DenseRule layer_for(const Rule& rule, unsigned seed) {
  DenseRule layer(seed);
  if (kind_served(rule) != Kind::Pool) return layer;
  for (float& weight : layer.weights) weight = std::abs(weight) + 0.1F;
  for (float& value : layer.x) value = std::abs(value) + 0.1F;
  std::ranges::fill(layer.bias, 0.0F);
  return layer;
}

double total(const std::vector<float>& stacked, std::size_t sweep) {
  const std::size_t size = stacked.size() / DenseRule::kSweeps;
  double sum = 0.0;
  for (std::size_t i = 0; i < size; ++i) sum += static_cast<double>(stacked[sweep * size + i]);
  return sum;
}

TEST(Rules, AreForSomeKindOfNode) {
  for (const RuleEntry& entry : all_rules()) {
    EXPECT_TRUE(kind_served(*make_rule(entry.name, {}))) << entry.name;
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    EXPECT_FALSE(entry.paper.empty()) << entry.name;
  }
}

TEST(Rules, ConserveIfTheySaySo) {
  std::vector<std::unique_ptr<Rule>> rules;
  for (const RuleEntry& entry : all_rules()) rules.push_back(make_rule(entry.name, {}));
  rules.push_back(make_rule("z-plus", {{"bias", "none"}}));
  for (const auto& rule : rules) {
    if (!rule->conserves()) continue;
    const DenseRule layer = layer_for(*rule, 20);
    const std::vector<float> result = layer.propagate(*rule);
    for (std::size_t k = 0; k < DenseRule::kSweeps; ++k) {
      EXPECT_NEAR(total(result, k), total(layer.relevance, k), 1e-4) << rule->name();
    }
  }
}

TEST(Rules, ThatLetBiasesAbsorbDoNotConserve) {
  for (const char* name : {"epsilon", "z-plus", "gamma", "w-square"}) {
    const auto rule = make_rule(name, {});
    EXPECT_FALSE(rule->conserves()) << name;
    DenseRule layer(21);
    std::ranges::fill(layer.bias, 3.0F);
    std::ranges::fill(layer.relevance, 1.0F);
    EXPECT_GT(std::abs(total(layer.propagate(*rule), 0) - total(layer.relevance, 0)), 1e-2) << name;
  }
}

/// What the outputs received is sent on, or has a column in the ledger.
TEST(Rules, AccountForAllTheyReceive) {
  for (const RuleEntry& entry : all_rules()) {
    const auto rule = make_rule(entry.name, {});
    const DenseRule layer = layer_for(*rule, 24);
    const std::vector<std::span<const float>> outgoing{
        std::span(layer.relevance).first(DenseRule::kOutputs)};
    Losses losses;
    layer.with_node([&](const RuleNode& node) {
      losses = rule->losses(node, rule->denominators(node), outgoing);
    });
    const double sent = total(layer.propagate(*rule), 0);
    const double lost = losses.zeros + losses.bias + losses.stabilizer + losses.padding;
    EXPECT_NEAR(sent + lost, total(layer.relevance, 0), 1e-4 * (1.0 + std::abs(sent)))
        << entry.name;
  }
}

TEST(Rules, AreLinearInTheRelevance) {
  for (const RuleEntry& entry : all_rules()) {
    const auto rule = make_rule(entry.name, {});
    DenseRule layer = layer_for(*rule, 22);
    constexpr std::size_t kSize = DenseRule::kOutputs;
    for (std::size_t j = 0; j < kSize; ++j) {
      layer.relevance[2 * kSize + j] =
          2.0F * layer.relevance[j] - 3.0F * layer.relevance[kSize + j];
    }
    const std::vector<float> result = layer.propagate(*rule);
    constexpr std::size_t kInputs = DenseRule::kInputs;
    for (std::size_t i = 0; i < kInputs; ++i) {
      const float want = 2.0F * result[i] - 3.0F * result[kInputs + i];
      EXPECT_NEAR(result[2 * kInputs + i], want, 1e-4F * (1.0F + std::abs(want))) << entry.name;
    }
  }
}

TEST(Rules, OfPositiveSharesKeepPositiveRelevancePositive) {
  for (const char* name : {"z-plus", "z-box", "w-square", "flat", "norm", "pass"}) {
    const auto rule = make_rule(name, {});
    DenseRule layer = layer_for(*rule, 23);
    for (float& value : layer.relevance) value = std::abs(value);
    for (const float value : layer.propagate(*rule)) EXPECT_GE(value, 0.0F) << name;
  }
}

TEST(Rules, UnknownNamesAndSettingsListTheValidOnes) {
  const auto message = [](std::string_view name, const Settings& settings) {
    return testing::refusal(ErrorCode::InvalidOption, [&] { make_rule(name, settings); });
  };
  EXPECT_NE(message("zplus", {}).find("z-plus"), std::string::npos);
  EXPECT_NE(message("gamma", {{"gama", "1"}}).find("valid: gamma, stabilizer"), std::string::npos);
  EXPECT_NE(message("epsilon", {{"epsilon", "-1"}}).find("a number from 0 on"), std::string::npos);
}

}  // namespace
}  // namespace relcam
