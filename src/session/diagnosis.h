#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/program.h"
#include "relevance/binding.h"
#include "session/session.h"

/// Why a map is blank, flat or not to be trusted. Codes, as callers branch on them:
///   empty-map               every position is exactly 0
///   flat-map                the positions hardly differ
///   no-positive-evidence    no position speaks for the class
///   saturated-map           most positions are near the maximum
///   unlikely-target         the class is not among the model's first
///   ends-in-softmax         relevance begins before the model's last operator
///   relevance-vanished      a node received relevance and passed none on
///   negative-batch-norm     folded scales are negative, and a rule looks at signs of weights
///   unused-rule-row         a row of the caller's rules serves no node of the model
///   not-finite              NaN or infinity was computed and is given as 0
namespace relcam {

/// What the raw map of a layer (signed, before any scaling) shows, the most telling only.
std::optional<Diagnosis> diagnose_map(const std::string& layer, std::span<const float> map);

/// An attribution that is blank or flat. Other faults of maps are none here: most elements of an
/// attribution are small beside a few, and all may have one sign.
std::optional<Diagnosis> diagnose_attribution(const std::string& layer,
                                              std::span<const float> attribution);

/// A class beyond the first few of `scores`.
std::optional<Diagnosis> diagnose_target(std::span<const float> scores, std::size_t target);

/// A model whose scores pass through a Softmax after `beginning`, where relevance begins.
std::optional<Diagnosis> diagnose_softmax(const Program& program, ValueId beginning);

/// `vanished`: indices of bound nodes, in the order of the sweep.
std::optional<Diagnosis> diagnose_vanished(const Binding& binding,
                                           std::span<const std::size_t> vanished);

/// Negative scales that were folded, if a rule of the binding treats weights by their sign.
std::optional<Diagnosis> diagnose_batch_norms(const Binding& binding);

/// One for each of the caller's `rules`, with which the binding's composite begins, that serves no
/// node.
std::vector<Diagnosis> diagnose_rules(const Binding& binding, std::span<const RuleRow> rules);

/// Puts 0 for NaN and infinity in `values`, an array of `kind` at `layer`.
std::optional<Diagnosis> replace_non_finite(const std::string& layer, const std::string& kind,
                                            std::span<float> values);

/// Adds the diagnosis, if there is one, of `target` to the explanation.
void report(Explanation& explanation, std::optional<Diagnosis> diagnosis,
            std::int64_t target = kNoTarget);

/// Throws InvalidInput where scores hold NaN or infinity: no explanation can begin there.
void check_scores(std::span<const float> scores, const std::string& name);

}  // namespace relcam
