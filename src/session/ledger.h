#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "relevance/sweep.h"
#include "session/session.h"

namespace relcam {

/// A sweep's accounts with names.
std::vector<LedgerEntry> ledger_of(const Binding& binding, std::span<const NodeAccount> accounts,
                                   std::int64_t target);

/// The node's name as users know it: where it has none, its first output's.
const std::string& name_of(const Program& program, std::size_t node);

}  // namespace relcam
