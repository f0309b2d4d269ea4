#include "canonizers/infer_shapes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "canonizers/evaluate.h"
#include "canonizers/identity.h"
#include "graph/branch.h"
#include "ops/decomposition.h"

namespace relcam {
namespace {

/// Elements that folding one model may create: 1 GB of floats.
constexpr std::size_t kFoldingBudget = std::size_t{1} << 28U;

/// Multiplications that folding one model may cost: some ten seconds.
constexpr double kFoldingWork = 1e10;

/// Whether the node sums products over a depth that its outputs do not show.
bool is_product(const Node& node) {
  constexpr std::array<std::string_view, 5> kProducts = {"Conv", "ConvTranspose", "Einsum", "Gemm",
                                                         "MatMul"};
  return std::ranges::find(kProducts, node.op_type) != kProducts.end();
}

/// About how many multiplications the node costs; for matrices [m,k] and [k,n] it is m k n.
double work_of(const NodeView& view, double outputs) {
  double work = outputs;
  for (const std::int64_t size : view.node.integers("kernel_shape", {})) {
    work *= static_cast<double>(size);
  }
  if (!is_product(view.node) || view.input_count() < 2) return work;
  const auto elements = [&view](std::size_t i) {
    return static_cast<double>(element_count(view.input_shape(i)));
  };
  return std::max(work, std::sqrt(outputs * elements(0) * elements(1)));
}

/// Runs `work`, adding the node's address to errors that lack it. An operator that reads an input
/// which the node does not have ends as std::out_of_range.
template <typename Work>
auto at_node(const NodeView& view, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    if (!error.node().empty()) throw;
    throw Error(error.code(), view.where() + ": " + error.what(), view.node.name);
  } catch (const std::out_of_range&) {
    throw Error(ErrorCode::InvalidModel, view.where() + " lacks an input or output that it needs",
                view.node.name);
  }
}

bool is_known(const Graph& graph, ValueId id) {
  return id == kNoValue || graph.value(id).shape.has_value();
}

bool is_constant(const Graph& graph, ValueId id) {
  return id == kNoValue || graph.value(id).constant.has_value();
}

class ShapeInference {
 public:
  ShapeInference(Graph& graph, const ThreadPool& pool) : graph_(graph), pool_(pool) {}

  void run() {
    for (Node& node : graph_.nodes) {
      if (node.has(kBranch)) {
        branches_[node.integer(kBranch, 0)].push_back(std::move(node));
      } else {
        process(std::move(node));
      }
    }
    graph_.nodes = std::move(kept_);
  }

 private:
  void process(Node node) {
    node.attributes.erase(kBranch);
    if (node.op_type == "If" && node.domain.empty() && takes_known_branch(node)) return;
    const Op* op = find_op(node.op_type, node.domain);
    const auto known = [this](ValueId id) { return is_known(graph_, id); };
    const bool ready = op != nullptr && std::ranges::all_of(node.inputs, known);
    if (ready && takes_parts(*op, node)) return;
    if (!ready || op->infer == nullptr || !visit(*op, node)) kept_.push_back(std::move(node));
  }

  /// Puts the simpler nodes that a composed operator stands for in its place.
  bool takes_parts(const Op& op, const Node& node) {
    if (op.decompose == nullptr || (op.fold != nullptr && can_fold(op, node))) return false;
    std::optional<std::vector<Node>> parts = decomposed(op, node);
    if (!parts) return false;
    for (Node& part : *parts) process(std::move(part));
    return true;
  }

  /// Puts the branch that a constant condition chooses in place of the If. A branch that is not
  /// taken is not looked at: it may not even fit.
  bool takes_known_branch(const Node& choice) {
    const std::optional<Constant>& condition = graph_.value(choice.inputs.at(0)).constant;
    if (!condition || condition->size() != 1) return false;
    const bool is_true = condition->ints().front() != 0;
    for (Node& node : branches_[choice.integer(is_true ? kThenBranch : kElseBranch, 0)]) {
      process(std::move(node));
    }
    const std::size_t first = is_true ? 1 : 1 + choice.outputs.size();
    for (std::size_t i = 0; i < choice.outputs.size(); ++i) {
      if (choice.outputs[i] == kNoValue) continue;
      process({.name = choice.name,
               .op_type = "Identity",
               .domain = {},
               .inputs = {choice.inputs.at(first + i)},
               .outputs = {choice.outputs[i]},
               .attributes = {}});
    }
    return true;
  }

  /// None when the node stays as it is, or is refused: check_operators reports that.
  std::optional<std::vector<Node>> decomposed(const Op& op, const Node& node) {
    const NodeView view{graph_, node};
    Decomposition decomposition(view);
    try {
      if (!at_node(view, [&] { return op.decompose(decomposition); })) return std::nullopt;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::UnsupportedOperator) throw;
      return std::nullopt;
    }
    return std::move(decomposition).commit(graph_);
  }

  /// Whether the node was folded.
  bool visit(const Op& op, const Node& node) {
    const NodeView view{graph_, node};
    const std::optional<std::vector<InferredValue>> outputs = inferred(op, view);
    if (!outputs) return false;
    if (can_fold(op, node)) {
      fold(op, view, *outputs);
      return true;
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) set_live(view, node.outputs[i], (*outputs)[i]);
    }
    return false;
  }

  /// None when the operator does not support this node: check_operators reports it with the others.
  std::optional<std::vector<InferredValue>> inferred(const Op& op, const NodeView& view) const {
    try {
      std::vector<InferredValue> outputs = at_node(view, [&] { return op.infer(view); });
      check_output_count(view, outputs.size());
      return outputs;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::UnsupportedOperator) throw;
      return std::nullopt;
    }
  }

  static void check_output_count(const NodeView& view, std::size_t count) {
    if (view.node.outputs.size() <= count) return;
    throw Error(ErrorCode::InvalidModel, view.where() + " has more outputs than its operator gives",
                view.node.name);
  }

  bool can_fold(const Op& op, const Node& node) const {
    if (op.fold != nullptr && op.folds_from_shape) return true;
    std::span<const ValueId> inputs = node.inputs;
    if (op.type == "CastLike") inputs = inputs.first(1);  // of the second, only the type matters
    const auto constant = [this](ValueId id) { return is_constant(graph_, id); };
    return (op.fold != nullptr || op.prepare != nullptr) && std::ranges::all_of(inputs, constant);
  }

  void fold(const Op& op, const NodeView& view, const std::vector<InferredValue>& outputs) {
    const std::vector<ValueId>& ids = view.node.outputs;
    if (ids.size() == 1 && is_identity(view)) {
      give_constant(ids[0], *view.constant(0));
      return;
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
      spend(view, at_node(view, [&] { return element_count(outputs.at(i).shape); }));
    }
    std::vector<Constant> results =
        at_node(view, [&] { return evaluate(op, view, outputs, pool_); });
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != kNoValue) give_constant(ids[i], std::move(results.at(i)));
    }
  }

  void spend(const NodeView& view, std::size_t elements) {
    if (elements > budget_) {
      throw Error(ErrorCode::InvalidModel,
                  view.where() + ": evaluating the model's constants needs more than 1 GB",
                  view.node.name);
    }
    budget_ -= elements;
    work_ -= work_of(view, static_cast<double>(elements));
    if (work_ >= 0.0) return;
    throw Error(ErrorCode::InvalidModel,
                view.where() + ": evaluating the model's constants takes too long", view.node.name);
  }

  void give_constant(ValueId id, Constant constant) {
    Value& value = graph_.value(id);
    value.shape = constant.shape();
    value.dtype = constant.dtype();
    value.constant = std::move(constant);
  }

  void set_live(const NodeView& view, ValueId id, const InferredValue& output) {
    const std::size_t count = at_node(view, [&] { return element_count(output.shape); });
    if (count == 0) {
      throw Error(ErrorCode::InvalidModel, view.where() + " computes a tensor without elements",
                  view.node.name);
    }
    Value& value = graph_.value(id);
    value.shape = output.shape;
    value.dtype = output.dtype;
  }

  Graph& graph_;
  const ThreadPool& pool_;
  std::vector<Node> kept_;
  std::map<std::int64_t, std::vector<Node>> branches_;  ///< nodes of branches not yet reached
  std::size_t budget_ = kFoldingBudget;
  double work_ = kFoldingWork;
};

}  // namespace

void infer_shapes(Graph& graph, const ThreadPool& pool) { ShapeInference(graph, pool).run(); }

}  // namespace relcam
