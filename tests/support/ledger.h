#pragma once

#include <cmath>
#include <vector>

#include "session/session.h"

namespace relcam::testing {

/// What an entry shows as lost.
inline double lost(const LedgerEntry& entry) {
  return entry.zeros + entry.bias + entry.epsilon + entry.padding;
}

/// Rounding of float32 sums, in units of what was added up. Elements of both signs cancel in the
/// columns, so that more was added up than they show: tenfold leaves room for that. What is really
/// unaccounted for is of the order of the columns themselves.
inline double rounding(const LedgerEntry& entry) {
  const double turnover = std::abs(entry.received) + std::abs(entry.sent) + std::abs(entry.zeros) +
                          std::abs(entry.bias) + std::abs(entry.epsilon) + std::abs(entry.padding) +
                          std::abs(entry.aside);
  return 2e-5 * (1.0 + turnover);
}

/// A gradient, rectified or not, does not divide what it receives: all of the difference is
/// `other`.
inline bool divides(const LedgerEntry& entry) {
  return entry.rule != "gradient" && entry.rule != "guided" && entry.rule != "deconvolution";
}

/// What is left of the first entry's relevance after every loss.
inline double remainder(const std::vector<LedgerEntry>& ledger) {
  double left = ledger.front().received;
  for (const LedgerEntry& entry : ledger) left -= lost(entry) + entry.aside + entry.other;
  return left;
}

}  // namespace relcam::testing
