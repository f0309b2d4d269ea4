#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "composites/composite.h"
#include "plan/program.h"
#include "relevance/attention.h"
#include "rules/rule.h"

namespace relcam {

/// One node of the backward sweep and the rule that serves it.
struct BoundNode {
  std::size_t node = 0;
  const Rule* rule = nullptr;
  ForwardReads reads = {};
  std::vector<char> wanted = {};        ///< per input: relevance is sent there
  std::vector<char> carries = {};       ///< per input: relevance could be sent there
  std::vector<char> non_negative = {};  ///< per input
  std::vector<std::size_t> input_sizes = {};
  std::size_t output_size = 0;
};

/// A composite laid over the part of a program between the start and the asked-for layers, in the
/// order of the backward sweep. Goes no deeper than the shallowest of the layers.
class Binding {
 public:
  /// Throws UncoveredNode, before any arithmetic, listing every node that no row covers or naming
  /// the first whose row has a rule that cannot serve it; and UnknownLayer for a layer that the
  /// start does not depend on.
  Binding(const Program& program, Composite composite, ValueId start, std::vector<ValueId> layers);

  const Program& program() const { return *program_; }
  const Composite& composite() const { return composite_; }
  ValueId start() const { return start_; }
  const std::vector<ValueId>& layers() const { return layers_; }
  const std::vector<BoundNode>& nodes() const { return nodes_; }

  /// Per row of the composite: it serves a node of the program, in the sweep or below it.
  std::vector<char> rows_in_use() const;

  /// Flags in `kept` every value whose forward result the rules read.
  void mark_reads(std::vector<bool>& kept) const;

 private:
  bool is_truth(ValueId value) const;
  std::vector<char> find_reached() const;
  void bind(const std::vector<char>& reached);
  NodeFacts facts_of(std::size_t index) const;
  void add_attention_facts(std::size_t index, NodeFacts& facts) const;
  void check_served(const BoundNode& bound, const CompositeRow& row) const;
  BoundNode bound_node(std::size_t index, const std::vector<char>& reached) const;
  void check_layers_reached() const;

  const Program* program_;
  Composite composite_;
  ValueId start_;
  std::vector<ValueId> layers_;
  std::vector<char> below_linear_;  ///< per value: it depends on a linear node
  std::vector<char> above_linear_;  ///< per value: a linear node stands between it and the start
  std::vector<Attention> attention_;
  AttentionReach attention_reach_;
  std::vector<BoundNode> nodes_;
};

}  // namespace relcam
