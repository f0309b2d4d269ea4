#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "composites/composite.h"
#include "rules/linear_share.h"

namespace relcam {

/// The stabiliser of zennit's rules.
inline constexpr Stabilizer kZennitStabilizer{.kind = Stabilizer::Kind::Signed, .epsilon = 1e-6F};

/// Rows for attention: relevance of what it puts together goes to the values, none to the softmax
/// (CP-LRP), and half to each factor of any other product.
std::vector<CompositeRow> attention_rows(Stabilizer stabilizer);

/// `rows`, followed by rows for every kind of node that mostly has one way: all to the winner of a
/// MaxPool, index maps backwards, activations, constants and batch normalizations passed, other
/// normalizations at constant deviation, gated products to the signal, averages and sums by the
/// norm rule with zennit's stabiliser, and the attention rows. Linear nodes and others that need
/// rules of their own stay without.
std::vector<CompositeRow> with_structural_rows(std::vector<CompositeRow> rows);

/// `at_convolutions` at convolutions and the epsilon rule, whose epsilon is a parameter, at dense
/// layers, followed by the structural rows.
std::vector<CompositeRow> epsilon_rows(LinearShare at_convolutions, const Parameters& parameters);

/// `base` with the flat rule at its first linear nodes. `name` and `summary`: its own, literals.
CompositeEntry with_flat_first_layer(CompositeEntry base, std::string_view name,
                                     std::string_view summary);

/// Rows for composites of gradients: `at_rectifiers` at Relu, LeakyRelu, PRelu and Clip (ReLU6),
/// the plain gradient at all other nodes.
std::vector<CompositeRow> gradient_rows(std::shared_ptr<const Rule> at_rectifiers);

}  // namespace relcam
