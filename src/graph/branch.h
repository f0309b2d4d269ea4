#pragma once

namespace relcam {

/// Branches of an If, between reading and shape inference: their nodes stand in the graph itself,
/// marked by this attribute with the branch's number. The If holds the numbers as its attributes
/// then_branch and else_branch; behind its condition, it reads the outputs of the one, then those
/// of the other.
inline constexpr const char* kBranch = "relcam.branch";
inline constexpr const char* kThenBranch = "then_branch";
inline constexpr const char* kElseBranch = "else_branch";

}  // namespace relcam
