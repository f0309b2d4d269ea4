#include "session/sweep_report.h"

#include <algorithm>
#include <iterator>

#include "session/diagnosis.h"
#include "session/ledger.h"

namespace relcam {

namespace {

void report_targets(std::span<const float> scores, Explanation& explanation) {
  for (const std::size_t target : explanation.targets) {
    report(explanation, diagnose_target(scores, target), static_cast<std::int64_t>(target));
  }
}

void report_vanished(const BackwardPass& pass, Explanation& explanation) {
  for (std::size_t i = 0; i < explanation.count(); ++i) {
    report(explanation, diagnose_vanished(pass.binding(), pass.vanished(i)), explanation.target(i));
  }
}

void report_rules(const BackwardPass& pass, std::span<const RuleRow> rules,
                  Explanation& explanation) {
  for (Diagnosis& diagnosis : diagnose_rules(pass.binding(), rules)) {
    report(explanation, std::move(diagnosis));
  }
}

void write_ledger(const BackwardPass& pass, Explanation& explanation) {
  for (std::size_t i = 0; i < explanation.count(); ++i) {
    std::ranges::move(ledger_of(pass.binding(), pass.accounts(i), explanation.target(i)),
                      std::back_inserter(explanation.ledger));
  }
}

}  // namespace

void report_sweeps(const Session::State& state, const ExplainPlan& plan, const BackwardPass* pass,
                   std::span<const float> scores, Explanation& explanation) {
  if (plan.beginning.value == state.logits) {
    report(explanation, diagnose_softmax(state.program, state.logits));
  }
  if (pass != nullptr) report(explanation, diagnose_batch_norms(pass->binding()));
  if (pass != nullptr) report_rules(*pass, plan.composite.rules, explanation);
  // Elements of other tensors are no classes, and nothing ranks them.
  if (scores.size() == explanation.logits.size()) report_targets(scores, explanation);
  if (pass != nullptr) report_vanished(*pass, explanation);
  if (plan.ledger) write_ledger(*pass, explanation);
}

}  // namespace relcam
