#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace relcam {

/// A formula to look for in a graph, written as one writes formulas:
///
///   const Term x = variable();
///   0.5F * x * (1.0F + function("Erf", {kRootHalf * x}))
///
/// Products and sums stand for every way to write them: any order and grouping of operands, Div by
/// a constant for Mul by its inverse, Pow for repeated factors, Neg for a factor of -1.
struct Term {
  enum class Form : std::uint8_t {
    Variable,  ///< the value that the formula is about; it depends on the image
    Constant,  ///< a constant tensor; which one is told by Match::constants[slot]
    Number,    ///< a constant of one element
    Product,   ///< number * terms / divisors
    Sum,       ///< number + signed terms
    Function   ///< an operator applied to its first inputs
  };
  Form form = Form::Variable;
  float number = 0.0F;  ///< NaN: any, told by Match::number
  bool is_negative = false;
  std::size_t slot = 0;
  std::string_view op_type = {};
  std::vector<Term> terms = {};
  std::vector<Term> divisors = {};
};

/// Stands for any number; a pattern has one at most.
inline constexpr float kAnyNumber = std::numeric_limits<float>::quiet_NaN();

Term variable();
Term constant(std::size_t slot);
Term function(std::string_view op_type, std::initializer_list<Term> arguments);
/// Clamped to [low, high] by Clip, or by Min and Max.
Term clamped(const Term& term, float low, float high);
Term operator*(float number, const Term& term);
Term operator*(const Term& a, const Term& b);
Term operator/(const Term& a, const Term& b);
Term operator+(float number, const Term& term);
Term operator+(const Term& a, const Term& b);
Term operator-(const Term& a, const Term& b);

/// What a pattern stands for in a graph.
struct Match {
  ValueId variable = kNoValue;
  float number = 0.0F;
  std::vector<ValueId> constants = {};
  std::vector<std::size_t> nodes = {};  ///< indices; that which computes the formula's value first
};

/// A pattern, and the operator to write in its place: of the pattern's variable, of the same shape.
struct Fusion {
  Term pattern;
  std::string_view op_type;
  /// Completes the node, or puts several in its place of which the last has its outputs. False
  /// leaves the graph as it is. Null: there is nothing to complete.
  bool (*complete)(Graph& graph, const Match& match, std::vector<Node>& nodes) = nullptr;
};

/// Applies the fusions one after the other. Only values that nothing else reads and that are no
/// graph outputs disappear; Graph::removed says why.
void fuse(Graph& graph, const std::vector<Fusion>& fusions);

}  // namespace relcam
