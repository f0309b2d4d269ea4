#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "graph/graph.h"
#include "kernels/thread_pool.h"
#include "ops/op.h"

namespace relcam {

/// A node bound to its op and made ready to run.
struct PreparedNode {
  const Op* op = nullptr;
  Kind kind = Kind::Blind;
  std::unique_ptr<Operation> operation;
  /// Taken while the limits are there: Clip's are constants, which are released.
  std::optional<Clamp> clamp;
};

/// A canonized graph with every node prepared: weights are packed, the constants they came from
/// released. Immutable in shape; the operations hold scratch state, so one user at a time.
class Program {
 public:
  /// Throws what Op::prepare throws, and UnsupportedOperator for nodes without one.
  /// `pool` must outlive the program.
  Program(Graph graph, const ThreadPool& pool);

  const ThreadPool& pool() const { return *pool_; }
  const Graph& graph() const { return graph_; }
  std::size_t size() const { return nodes_.size(); }
  const Node& node(std::size_t index) const { return graph_.nodes[index]; }
  const PreparedNode& prepared(std::size_t index) const { return nodes_[index]; }
  NodeView view(std::size_t index) const { return {graph_, graph_.nodes[index]}; }

  /// Whether a value depends on a run-time input.
  bool is_live(ValueId value) const { return live_[static_cast<std::size_t>(value)]; }
  /// Whether no element of the value can be negative.
  bool is_non_negative(ValueId value) const {
    return non_negative_[static_cast<std::size_t>(value)];
  }
  /// Index of the node that writes the value, or -1.
  std::ptrdiff_t producer(ValueId value) const {
    return producers_[static_cast<std::size_t>(value)];
  }
  const std::vector<std::size_t>& consumers(ValueId value) const {
    return consumers_[static_cast<std::size_t>(value)];
  }
  std::size_t value_size(ValueId value) const;

 private:
  void mark_live();
  void prepare();
  void track_sign(std::size_t index);
  void release_constant(ValueId id);

  const ThreadPool* pool_;
  Graph graph_;
  std::vector<PreparedNode> nodes_;
  std::vector<bool> live_;
  std::vector<bool> non_negative_;
  std::vector<std::ptrdiff_t> producers_;
  std::vector<std::vector<std::size_t>> consumers_;
};

}  // namespace relcam
