#include "composites/structure.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "rules/adjoint.h"
#include "rules/named_rules.h"
#include "rules/norm.h"
#include "rules/pass.h"

namespace relcam {

std::vector<CompositeRow> with_structural_rows(std::vector<CompositeRow> rows) {
  const std::shared_ptr<const Rule> pass = make_pass_rule();
  const std::shared_ptr<const Rule> norm = make_norm_rule(kZennitStabilizer);
  std::ranges::copy(
      std::vector<CompositeRow>{{of_kind(Kind::Pool), norm},
                                {of_kind(Kind::Winner), make_adjoint_rule("winner", true)},
                                {of_kind(Kind::Sum), norm},
                                {of_kind(Kind::Route), make_adjoint_rule("route", true)},
                                {of_kind(Kind::Activation), pass},
                                {of_kind(Kind::Affine), pass},
                                {of_kind(Kind::Normalization), pass},
                                {of_kind(Kind::Gate), make_signal_rule()}},
      std::back_inserter(rows));
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
