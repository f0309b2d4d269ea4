#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "ops/op.h"
#include "support/reference_case.h"
#include "support/run_graph.h"
#include "support/test_data.h"

/// The ONNX project's own backend node tests, of which scripts/setup/node-tests.mjs fetches the
/// data: every case of every operator of the roster, exclusions.json aside. Inputs of floating
/// types and truth values are run-time inputs as a classifier's activations are; all others, and
/// those that constant_inputs.json lists (weights, limits, scales), become initialisers, as
/// exporters write them.
namespace relcam::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kTests = test_data().parent_path();
const fs::path kCases = kTests.parent_path() / ".toolchain" / "onnx-node-tests";

nlohmann::json settings(const std::string& file) {
  std::ifstream stream(kTests / "conformance" / file);
  return nlohmann::json::parse(stream);
}

struct Case {
  std::string name;
  std::string owner;   ///< the operator that it tests; empty when the model cannot be read
  bool known = false;  ///< the roster has all of the model's operators
};

bool in_roster(const Node& node) { return find_op(node.op_type, node.domain) != nullptr; }

/// "test_gelu_default_1" for "test_gelu_default_1_expanded_ver18".
std::string base_name(const std::string& name) {
  const std::size_t at = name.find("_expanded");
  const bool is_expanded = at != std::string::npos && fs::exists(kCases / name.substr(0, at));
  return is_expanded ? name.substr(0, at) : name;
}

std::optional<Graph> readable(const std::string& name) {
  try {
    return read_onnx(read_bytes(kCases / name / "model.onnx"));
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string owner_of(const std::string& name) {
  const std::optional<Graph> base = readable(base_name(name));
  if (!base) return "";
  if (base->nodes.empty()) return "Constant";
  const Node& node = base->nodes.front();
  return node.domain.empty() ? node.op_type : node.domain + "." + node.op_type;
}

const std::vector<Case>& all_cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> found;
    if (!fs::exists(kCases)) return found;
    for (const auto& entry : fs::directory_iterator(kCases)) {
      const std::string name = entry.path().filename().string();
      const std::optional<Graph> graph = readable(name);
      found.push_back(
          {name, owner_of(name), graph && std::ranges::all_of(graph->nodes, in_roster)});
    }
    std::ranges::sort(found, {}, &Case::name);
    return found;
  }();
  return cases;
}

/// Whether a name fits a pattern in which '*' stands for anything.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() != '*') {
    return !name.empty() && pattern.front() == name.front() &&
           matches(pattern.substr(1), name.substr(1));
  }
  return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
}

/// Why the case is not expected to pass; empty if it is.
std::string exclusion(const std::string& name) {
  static const nlohmann::json groups = settings("exclusions.json");
  for (const auto& group : groups) {
    for (const std::string pattern : group.at("cases")) {
      if (matches(pattern, name)) return group.at("reason");
    }
  }
  return "";
}

/// Names of the inputs that constant_inputs.json lists for the case's operator.
std::set<std::string> constant_inputs(const Case& test) {
  static const nlohmann::json table = settings("constant_inputs.json");
  std::set<std::string> names;
  const std::optional<Graph> base = readable(base_name(test.name));
  if (!base || !table.contains(test.owner)) return names;
  const Node& node = base->nodes.front();
  for (const std::size_t i : table.at(test.owner)) {
    if (i < node.inputs.size() && node.inputs[i] != kNoValue) {
      names.insert(base->value(node.inputs[i]).name);
    }
  }
  return names;
}

/// Nothing of the operator runs on live values: all it computes is known when a model loads.
bool only_folds(const std::string& owner) {
  const Op* op = find_op(owner, "");
  return op != nullptr && op->prepare == nullptr && op->decompose == nullptr;
}

/// What depends on the image is floating or a comparison's truth value.
bool can_be_live(DType dtype) { return is_floating(dtype) || dtype == DType::Bool; }

/// Relative ones are those of ONNX's own runner.
struct Tolerance {
  float absolute;
  float relative;
};

Tolerance tolerance_of(DType dtype) {
  if (dtype == DType::Float16) return {1e-3F, 2e-3F};
  if (dtype == DType::BFloat16) return {1e-2F, 1e-2F};
  return {1e-5F, 1e-3F};
}

bool close(float got, float want, Tolerance tolerance) {
  if (std::isnan(want) || std::isinf(want))
    return (std::isnan(want) && std::isnan(got)) || got == want;
  return std::fabs(got - want) <= tolerance.absolute + tolerance.relative * std::fabs(want);
}

/// One data set of a case.
class Run {
 public:
  Run(const Case& test, const fs::path& data) : test_(test), data_(data) {}

  /// What is wrong with the results; empty when nothing is.
  std::string complaint() {
    try {
      prepare();
      return compared();
    } catch (const Error& error) {
      return error.what();
    }
  }

 private:
  Constant stored(const std::string& kind, std::size_t index) const {
    const fs::path file = data_ / (kind + "_" + std::to_string(index) + ".pb");
    return read_tensor_proto(read_bytes(file)).value;
  }

  void prepare() {
    graph_ = read_onnx(read_bytes(kCases / test_.name / "model.onnx"));
    const std::set<std::string> constant = constant_inputs(test_);
    std::vector<ValueId> live;
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      Value& value = graph_.value(graph_.inputs[i]);
      const Constant tensor = stored("input", i);
      value.shape = tensor.shape();
      value.dtype = tensor.dtype();
      if (only_folds(test_.owner) || constant.contains(value.name) || !can_be_live(value.dtype)) {
        value.constant = tensor;
      } else {
        live.push_back(graph_.inputs[i]);
        inputs_.push_back(tensor.floats());
      }
    }
    graph_.inputs = std::move(live);
    canonize(graph_, {}, ThreadPool(1));
  }

  std::string compared() {
    const std::vector<std::vector<float>> outputs = run_graph(graph_, inputs_);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Constant want = stored("output", i);
      const std::string complaint = difference_of(i, outputs[i], want);
      if (!complaint.empty()) return complaint;
    }
    return "";
  }

  std::string difference_of(std::size_t output, const std::vector<float>& got,
                            const Constant& want) const {
    const Shape shape = onnx_shape(graph_.value(graph_.outputs[output]));
    if (shape != want.shape()) return to_string(shape) + " instead of " + to_string(want.shape());
    const std::vector<float> wanted = want.floats();
    const Tolerance tolerance = tolerance_of(want.dtype());
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (close(got[i], wanted[i], tolerance)) continue;
      return "output " + std::to_string(output) + " element " + std::to_string(i) + " is " +
             std::to_string(got[i]) + " instead of " + std::to_string(wanted[i]);
    }
    return "";
  }

  const Case& test_;
  fs::path data_;
  Graph graph_;
  std::vector<std::vector<float>> inputs_;
};

std::string complaint_of(const Case& test) {
  std::size_t sets = 0;
  for (; fs::exists(kCases / test.name / ("test_data_set_" + std::to_string(sets))); ++sets) {
    Run run(test, kCases / test.name / ("test_data_set_" + std::to_string(sets)));
    std::string complaint = run.complaint();
    if (!complaint.empty()) return complaint;
  }
  return sets == 0 ? "it has no data" : "";
}

/// Excluded cases run too: one that passes must not stay excluded.
void expect_conformance(const Case& test) {
  const std::string complaint = complaint_of(test);
  const std::string reason = exclusion(test.name);
  if (reason.empty()) {
    EXPECT_EQ(complaint, "") << test.name << " (" << test.owner << ")";
  } else {
    EXPECT_NE(complaint, "") << test.name << " passes, but is excluded: " << reason;
  }
}

std::vector<std::string> roster_types() {
  std::set<std::string> types;
  for (const Op* op : all_ops()) {
    if (op->domain.empty()) types.insert(std::string(op->type));
  }
  return {types.begin(), types.end()};
}

class ConformanceData : public ::testing::Test {
 protected:
  void SetUp() override {
    if (all_cases().empty()) {
      GTEST_SKIP() << "no data in " << kCases << ": run node scripts/setup.mjs node-tests";
    }
  }
};

class Conformance : public ConformanceData, public ::testing::WithParamInterface<std::string> {};

TEST_P(Conformance, EveryCase) {
  for (const Case& test : all_cases()) {
    if (test.owner == GetParam()) expect_conformance(test);
  }
}

INSTANTIATE_TEST_SUITE_P(, Conformance, ::testing::ValuesIn(roster_types()),
                         [](const auto& test) { return test.param; });

/// Functions of operators that the roster lacks, where it has all that they consist of.
TEST_F(ConformanceData, FunctionsOfOtherOperators) {
  const std::vector<std::string> types = roster_types();
  for (const Case& test : all_cases()) {
    const bool other = !test.owner.empty() && !std::ranges::count(types, test.owner);
    if (other && test.known) expect_conformance(test);
  }
}

TEST_F(ConformanceData, EveryExclusionMatchesACase) {
  for (const auto& group : settings("exclusions.json")) {
    EXPECT_NE(group.at("reason").get<std::string>(), "");
    for (const std::string pattern : group.at("cases")) {
      EXPECT_TRUE(std::ranges::any_of(all_cases(), [&](const Case& test) {
        return matches(pattern, test.name);
      })) << pattern;
    }
  }
}

/// Strings, sequences and other types that no image classifier computes with.
TEST_F(ConformanceData, UnreadableCasesAreExcluded) {
  for (const Case& test : all_cases()) {
    if (!test.owner.empty()) continue;
    EXPECT_NE(exclusion(test.name), "") << test.name;
  }
}

TEST_F(ConformanceData, Counts) {
  const std::vector<std::string> types = roster_types();
  std::size_t run = 0;
  std::size_t excluded = 0;
  for (const Case& test : all_cases()) {
    if (!test.owner.empty() && !test.known && !std::ranges::count(types, test.owner)) continue;
    (exclusion(test.name).empty() ? run : excluded) += 1;
  }
  std::cout << "conformance: " << run << " node tests of ONNX run, " << excluded << " excluded, "
            << all_cases().size() - run - excluded << " of operators that are not supported\n";
  EXPECT_GT(run, 900U);
}

}  // namespace
}  // namespace relcam::testing
