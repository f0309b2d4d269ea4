#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// Einsum, two operands at a time, as transpositions and one matrix product each: so that
/// attention written with it is seen as such. A label twice in one operand (a diagonal) is refused.

/// A tensor whose axes have labels. Axes under an ellipsis are labelled '0', '1', ... from the
/// last.
struct Term {
  ValueId value = kNoValue;
  std::string labels;
};

class Equation {
 public:
  explicit Equation(Decomposition& to) : to_(to), view_(to.original()) { read(); }

  void run() {
    Term result = terms_.front();
    for (std::size_t i = 1; i < terms_.size(); ++i) {
      std::string wanted = output_;
      for (std::size_t k = i + 1; k < terms_.size(); ++k) wanted += terms_[k].labels;
      result = product(result, terms_[i], wanted);
    }
    result = summed(result, output_);
    to_.finish("Identity", {ordered(result, output_).value});
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    refuse(view_, "its equation '" + view_.node.text("equation", "") + "' " + message);
  }

  void read() {
    std::string text = view_.node.text("equation", "");
    std::erase(text, ' ');
    const std::size_t arrow = text.find("->");
    std::string left = text.substr(0, arrow);
    std::size_t input = 0;
    for (std::size_t begin = 0; begin <= left.size(); ++input) {
      const std::size_t end = std::min(left.find(',', begin), left.size());
      if (!view_.has_input(input)) fail("has more terms than there are inputs");
      expect_floating(view_, input);
      add_term(input, left.substr(begin, end - begin));
      begin = end + 1;
    }
    if (input != view_.input_count()) fail("has fewer terms than there are inputs");
    output_ = arrow == std::string::npos ? implied_output()
                                         : with_ellipsis(text.substr(arrow + 2), most_ellipsis_);
    for (const char label : output_) {
      if (!extents_.contains(label) || std::ranges::count(output_, label) > 1) {
        fail("names the output's axes wrongly");
      }
    }
  }

  /// The labels with "..." replaced by `count` digits.
  std::string with_ellipsis(std::string labels, std::size_t count) const {
    const std::size_t dots = labels.find("...");
    if (dots == std::string::npos) return labels;
    if (count > 10) fail("stands for more axes than are supported");
    std::string digits = "9876543210";
    return labels.replace(dots, 3, digits.substr(digits.size() - count));
  }

  void add_term(std::size_t input, const std::string& text) {
    const Shape& shape = view_.input_shape(input);
    const bool ellipsis = text.find("...") != std::string::npos;
    const std::size_t named = text.size() - (ellipsis ? 3 : 0);
    if (named > shape.size() || (!ellipsis && named != shape.size())) {
      fail("does not fit its input " + to_string(shape));
    }
    most_ellipsis_ = std::max(most_ellipsis_, shape.size() - named);
    Term term{to_.input(input), with_ellipsis(text, shape.size() - named)};
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      const char label = term.labels[axis];
      const bool letter = (label >= 'a' && label <= 'z') || (label >= 'A' && label <= 'Z');
      if (!letter && !(ellipsis && label >= '0' && label <= '9')) fail("is malformed");
      if (std::ranges::count(term.labels, label) > 1) {
        refuse_unsupported(view_, "a diagonal (an index twice in one term) is not supported");
      }
      const auto [known, is_new] = extents_.emplace(label, shape[axis]);
      if (is_new || known->second == shape[axis] || shape[axis] == 1) continue;
      if (known->second != 1) fail("gives one index two extents");
      known->second = shape[axis];
    }
    terms_.push_back(without_ones(std::move(term), shape));
  }

  /// Axes of extent 1 are dropped: products broadcast, and `ordered` brings back what is wanted.
  Term without_ones(Term term, const Shape& shape) {
    std::string kept;
    Shape left;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == 1) continue;
      kept += term.labels[axis];
      left.push_back(shape[axis]);
    }
    if (kept.size() == shape.size()) return term;
    return {to_.reshaped(term.value, std::move(left)), std::move(kept)};
  }

  /// Without an arrow: the ellipsis, then the labels that occur once, in alphabetical order.
  std::string implied_output() const {
    std::string labels = with_ellipsis("...", most_ellipsis_);
    const std::string text = view_.node.text("equation", "");
    for (const auto& [label, extent] : extents_) {
      if (std::ranges::count(text, label) == 1) labels += label;
    }
    return labels;
  }

  Shape shape_of(std::string_view labels) const {
    Shape shape;
    for (const char label : labels) shape.push_back(extents_.at(label));
    return shape;
  }

  std::int64_t size_of(std::string_view labels) const {
    return static_cast<std::int64_t>(checked_count(view_, shape_of(labels)));
  }

  /// The term summed over labels that are not wanted.
  Term summed(Term term, std::string_view wanted) {
    std::string kept;
    std::vector<std::int64_t> axes;
    for (std::size_t axis = 0; axis < term.labels.size(); ++axis) {
      if (wanted.find(term.labels[axis]) != std::string_view::npos) {
        kept += term.labels[axis];
      } else {
        axes.push_back(static_cast<std::int64_t>(axis));
      }
    }
    if (axes.empty()) return term;
    return {to_.reduced("ReduceSum", term.value, std::move(axes), false), std::move(kept)};
  }

  /// The term with its axes in that order; labels it lacks are new axes, of their full extent.
  Term ordered(Term term, const std::string& labels) {
    std::string present;
    std::string missing;
    for (const char label : labels) {
      (term.labels.find(label) == std::string::npos ? missing : present) += label;
    }
    if (term.labels != present) {
      std::vector<std::int64_t> permutation;
      for (const char label : present) {
        permutation.push_back(static_cast<std::int64_t>(term.labels.find(label)));
      }
      term.value = to_.transposed(term.value, std::move(permutation));
    }
    if (missing.empty()) return {term.value, labels};
    Shape with_ones;
    for (const char label : labels) {
      with_ones.push_back(missing.find(label) == std::string::npos ? extents_.at(label) : 1);
    }
    const ValueId apart = to_.reshaped(term.value, std::move(with_ones));
    return {to_.add("Expand", {apart, to_.integers(shape_of(labels))}), labels};
  }

  static std::string common(std::string_view a, std::string_view b, std::string_view wanted,
                            bool is_wanted) {
    std::string result;
    for (const char label : a) {
      const bool in_b = b.find(label) != std::string_view::npos;
      const bool kept = wanted.find(label) != std::string_view::npos;
      if (in_b && kept == is_wanted) result += label;
    }
    return result;
  }

  static std::string only(std::string_view a, std::string_view b) {
    std::string result;
    for (const char label : a) {
      if (b.find(label) == std::string_view::npos) result += label;
    }
    return result;
  }

  /// a b, where labels of both that are wanted are batches and those that are not are contracted.
  Term product(Term a, Term b, const std::string& wanted) {
    a = summed(std::move(a), wanted + b.labels);
    b = summed(std::move(b), wanted + a.labels);
    const std::string batch = common(a.labels, b.labels, wanted, true);
    const std::string inner = common(a.labels, b.labels, wanted, false);
    const std::string rows = only(a.labels, b.labels);
    const std::string columns = only(b.labels, a.labels);
    a = ordered(std::move(a), batch + rows + inner);
    b = ordered(std::move(b), batch + inner + columns);
    Shape left = shape_of(batch);
    Shape right = left;
    left.insert(left.end(), {size_of(rows), size_of(inner)});
    right.insert(right.end(), {size_of(inner), size_of(columns)});
    const ValueId matrices = to_.add("MatMul", {to_.reshaped(a.value, std::move(left)),
                                                to_.reshaped(b.value, std::move(right))});
    const std::string labels = batch + rows + columns;
    return {to_.reshaped(matrices, shape_of(labels)), labels};
  }

  Decomposition& to_;
  const NodeView& view_;
  std::vector<Term> terms_;
  std::string output_;
  std::map<char, std::int64_t> extents_;
  std::size_t most_ellipsis_ = 0;
};

bool decompose(Decomposition& to) {
  expect_outputs(to.original(), 1);
  Equation(to).run();
  return true;
}

}  // namespace

std::span<const Op> einsum_ops() {
  static const std::array ops = {Op{.type = "Einsum", .decompose = decompose}};
  return ops;
}

}  // namespace relcam
