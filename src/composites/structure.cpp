#include "composites/structure.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "rules/adjoint.h"
#include "rules/constant.h"
#include "rules/named_rules.h"
#include "rules/norm.h"
#include "rules/pass.h"
#include "rules/taylor.h"

namespace relcam {

std::vector<CompositeRow> attention_rows(Stabilizer stabilizer) {
  const auto has_weights_at = [](std::size_t operand) {
    return [operand](const NodeFacts& facts) { return facts.attention_operand == operand; };
  };
  return {{is_attention_softmax, make_constant_rule()},
          {has_weights_at(0), make_value_rule(1, stabilizer)},
          {has_weights_at(1), make_value_rule(0, stabilizer)},
          {is_product, make_taylor_rule({.stabilizer = stabilizer})}};
}

std::vector<CompositeRow> with_structural_rows(std::vector<CompositeRow> rows) {
  const std::shared_ptr<const Rule> pass = make_pass_rule();
  const std::shared_ptr<const Rule> norm = make_norm_rule(kZennitStabilizer);
  std::ranges::copy(
      std::vector<CompositeRow>{
          {of_kind(Kind::Pool), norm},
          {of_kind(Kind::Winner), make_adjoint_rule("winner", true)},
          {of_kind(Kind::Sum), norm},
          {of_kind(Kind::Route), make_adjoint_rule("route", true)},
          {of_kind(Kind::Activation), pass},
          {of_kind(Kind::Affine), pass},
          {of_type("BatchNormalization"), pass},
          {of_type("LRN"), pass},
          {of_kind(Kind::Normalization), make_frozen_deviation_rule(kZennitStabilizer)},
          {of_kind(Kind::Gate), make_signal_rule()}},
      std::back_inserter(rows));
  std::ranges::copy(attention_rows(kZennitStabilizer), std::back_inserter(rows));
  return rows;
}

std::vector<CompositeRow> epsilon_rows(LinearShare at_convolutions, const Parameters& parameters) {
  const Stabilizer epsilon = signed_stabilizer(parameters.number("epsilon"));
  return with_structural_rows({{is_convolution, make_linear_rule(std::move(at_convolutions))},
                               {of_kind(Kind::Linear), make_linear_rule(epsilon_share(epsilon))}});
}

CompositeEntry with_flat_first_layer(CompositeEntry base, std::string_view name,
                                     std::string_view summary) {
  base.name = name;
  base.summary = summary;
  base.make = [make = std::move(base.make), name](const Parameters& parameters) {
    Composite composite = make(parameters);
    composite.name = name;
    composite.rows.insert(composite.rows.begin(),
                          {is_first_linear, make_linear_rule(flat_share(kZennitStabilizer))});
    return composite;
  };
  return base;
}

std::vector<CompositeRow> gradient_rows(std::shared_ptr<const Rule> at_rectifiers) {
  const auto is_rectifier = [](const NodeFacts& facts) {
    constexpr auto kRectifiers =
        std::to_array<std::string_view>({"Relu", "LeakyRelu", "PRelu", "Clip"});
    return facts.kind == Kind::Activation &&
           std::ranges::find(kRectifiers, facts.op_type) != kRectifiers.end();
  };
  const auto carries_gradient = [](const NodeFacts& facts) { return facts.kind != Kind::Blind; };
  return {{is_rectifier, std::move(at_rectifiers)},
          {carries_gradient, make_adjoint_rule("gradient", false)}};
}

}  // namespace relcam
