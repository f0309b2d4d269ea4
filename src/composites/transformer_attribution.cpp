#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/named_rules.h"
#include "rules/norm.h"
#include "rules/pass.h"
#include "rules/rescaled_sum.h"
#include "rules/taylor.h"

namespace relcam {

namespace {

constexpr Stabilizer kPlusTiny{.kind = Stabilizer::Kind::Plus, .epsilon = 1e-9F};

/// Each part of z+ divided by its own sum, so that relevance about doubles.
LinearShare separate_z_plus() {
  LinearShare share = z_plus_share({}, kPlusTiny);
  const std::vector<LinearTerm> terms = share.branches.front().terms;
  share.branches = {{.terms = {terms.front()}}, {.terms = {terms.back()}}};
  share.conserves = false;
  return share;
}

/// The constant of a sum takes its share: position embeddings.
std::vector<CompositeRow> sum_rows(bool original) {
  if (!original) {
    const std::shared_ptr<const Rule> rescaled = make_rescaled_sum_rule();
    return {{of_kind(Kind::Sum), rescaled}, {of_type("Add"), rescaled}};
  }
  return {{of_kind(Kind::Sum), make_norm_rule(kPlusTiny)},
          {of_type("Add"), make_taylor_rule({.stabilizer = kPlusTiny})}};
}

Composite make(const Parameters& parameters) {
  const bool original = parameters.text("variant") == "original";
  const std::shared_ptr<const Rule> pass = make_pass_rule();
  std::vector<CompositeRow> rows = sum_rows(original);
  rows.push_back({is_pixel_convolution, make_linear_rule(z_box_share(kPlusTiny))});
  rows.push_back({of_kind(Kind::Linear),
                  make_linear_rule(original ? separate_z_plus() : z_plus_share({}, kPlusTiny))});
  rows.push_back({is_attention_softmax, pass});
  rows.push_back({is_product, make_taylor_rule({.stabilizer = kPlusTiny})});
  rows.push_back({of_kind(Kind::Normalization), pass});
  return {.name = "transformer-attribution",
          .rows = with_structural_rows(std::move(rows)),
          .pixel_bounds = false};
}

}  // namespace

CompositeEntry transformer_attribution_composite() {
  return {.name = "transformer-attribution",
          .summary =
              "for vision transformers: z+ at linear layers, half to each of two multiplied "
              "values, normalizations and softmax passed, residual sums rescaled",
          .paper =
              "Chefer, Gur, Wolf, Transformer Interpretability Beyond Attention Visualization, "
              "CVPR 2021, and its published code",
          .parameters = {{.name = "variant",
                          .type = ParameterType::Choice,
                          .fallback = "rescaled",
                          .choices = {"rescaled", "original"},
                          .summary = "residual sums rescaled as a whole; or the code's earlier "
                                     "rules, by which relevance grows"}},
          .make = make};
}

}  // namespace relcam
