#include "session/ledger.h"

#include <cmath>

namespace relcam {

namespace {

double finite(double value) { return std::isfinite(value) ? value : 0.0; }

}  // namespace

const std::string& name_of(const Program& program, std::size_t node) {
  const Node& named = program.node(node);
  return named.name.empty() ? program.graph().value(named.outputs.front()).name : named.name;
}

std::vector<LedgerEntry> ledger_of(const Binding& binding, std::span<const NodeAccount> accounts,
                                   std::int64_t target) {
  std::vector<LedgerEntry> entries;
  for (const NodeAccount& account : accounts) {
    const BoundNode& bound = binding.nodes()[account.bound];
    entries.push_back({.target = target,
                       .node = name_of(binding.program(), bound.node),
                       .op_type = binding.program().node(bound.node).op_type,
                       .rule = std::string(bound.rule->name()),
                       .received = finite(account.received),
                       .sent = finite(account.sent),
                       .zeros = finite(account.losses.zeros),
                       .bias = finite(account.losses.bias),
                       .epsilon = finite(account.losses.stabilizer),
                       .padding = finite(account.losses.padding),
                       .aside = finite(account.aside),
                       .other = finite(account.other())});
  }
  return entries;
}

}  // namespace relcam
