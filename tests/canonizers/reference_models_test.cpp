#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/error.h"
#include "canonizers/canonize.h"
#include "canonizers/logits.h"
#include "onnx/read_onnx.h"
#include "ops/op.h"
#include "support/onnx_builder.h"
#include "support/reference_case.h"
#include "support/run_graph.h"

/// Real exports through the reader and all canonizers, whole and damaged.
namespace relcam {
namespace {

using testing::ReferenceCase;

Graph loaded(const ByteView& model, bool fold_batch_norm) {
  Graph graph = read_onnx(model);
  canonize(graph, {.fold_batch_norm = fold_batch_norm}, ThreadPool(1));
  return graph;
}

std::string as_text(const ByteView& file) {
  return {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()};
}

/// Compares the logits of one input of a case, with BatchNormalization folded and kept.
void expect_stored_logits(const ReferenceCase& reference, const std::string& input,
                          const std::string& logits, double atol, double rtol) {
  const testing::StoredTensor want = reference.tensor(logits);
  for (const bool fold : {true, false}) {
    const Graph graph = loaded(reference.model(), fold);
    const auto got = testing::run_graph(graph, reference.tensor(input).values);
    EXPECT_EQ(testing::difference(got.at(0), want.values, atol, rtol), "") << logits;
  }
}

class EveryReference : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryReference, GivesTheStoredLogits) {
  const ReferenceCase reference(GetParam());
  const auto& output = reference.description().at("output");
  expect_stored_logits(reference, "input.pb", output.at("file"), output.at("atol"),
                       output.at("rtol"));
  const Graph graph = loaded(reference.model(), true);
  EXPECT_EQ(graph.value(logits_value(graph)).name, output.at("name").get<std::string>());
}

INSTANTIATE_TEST_SUITE_P(, EveryReference, ::testing::ValuesIn(ReferenceCase::names("")),
                         [](const auto& test) { return test.param; });

TEST(ReferenceModels, FurtherInputsGiveTheirLogits) {
  const ReferenceCase reference("metrics_resnet");
  std::size_t compared = 0;
  for (const auto& entry : reference.description().at("expect")) {
    if (entry.at("kind") != "logits") continue;
    expect_stored_logits(reference, entry.at("params").at("input"), entry.at("file"),
                         entry.at("atol"), entry.at("rtol"));
    ++compared;
  }
  EXPECT_EQ(compared, 3U);
}

class ConvolutionalReference : public ::testing::TestWithParam<std::string> {};

/// Only Flatten may need ONNX order, and only once.
TEST_P(ConvolutionalReference, StaysChannelsLast) {
  const Graph graph = loaded(ReferenceCase(GetParam()).model(), true);
  EXPECT_LE(std::ranges::count(graph.nodes, "Transpose", &Node::op_type), 1) << dump(graph);
  for (const Node& node : graph.nodes) {
    if (find_op(node.op_type, node.domain)->layout != LayoutPolicy::Spatial) continue;
    EXPECT_EQ(graph.value(node.outputs[0]).layout, Layout::ChannelsLast) << node.name;
  }
}

TEST_P(ConvolutionalReference, EveryLayerOfTheCaseCanBeFound) {
  const ReferenceCase reference(GetParam());
  const Graph graph = loaded(reference.model(), true);
  const auto& entries = reference.description().at("expect");
  EXPECT_FALSE(entries.empty());
  for (const auto& entry : entries) {
    const std::string layer = entry.at("layer").get<std::string>();
    EXPECT_NE(graph.find(layer), kNoValue) << layer;
  }
}

INSTANTIATE_TEST_SUITE_P(, ConvolutionalReference, ::testing::ValuesIn([] {
                           std::vector<std::string> names;
                           for (const char* family :
                                {"captum", "metrics", "pgc", "rcam", "zennit"}) {
                             for (const std::string& name : ReferenceCase::names(family))
                               names.push_back(name);
                           }
                           return names;
                         }()),
                         [](const auto& test) { return test.param; });

TEST(ReferenceModels, FoldingRemovesEveryNormalisationOfAResNet) {
  const Graph graph = loaded(ReferenceCase("rcam_resnet50_mixedgamma_separate").model(), true);
  EXPECT_EQ(std::ranges::count(graph.nodes, "BatchNormalization", &Node::op_type), 0);
  EXPECT_EQ(graph.batch_norms.size(), 53U);
  std::size_t negative = 0;
  for (const BatchNormNote& note : graph.batch_norms) negative += note.negative_scales;
  EXPECT_GT(negative, 0U);
}

/// Reads and canonizes bytes that may be anything: an Error is fine, all else is a defect.
void survive(const std::string& bytes) {
  try {
    loaded(testing::to_byte_view(bytes), true);
  } catch (const Error& error) {
    EXPECT_NE(error.code(), ErrorCode::Internal) << error.what();
    EXPECT_STRNE(error.what(), "");
  }
}

TEST(HostileModels, TruncationsAreRefused) {
  for (const char* name : {"pgc_mobilenet", "swin_tiny"}) {
    const std::string whole = as_text(ReferenceCase(name).model());
    for (std::size_t part = 0; part < 64; ++part) {
      const std::string cut = whole.substr(0, whole.size() * part / 64);
      EXPECT_THROW(loaded(testing::to_byte_view(cut), true), Error) << name << " " << part;
    }
  }
}

/// Positions of the bytes that are no weights: where damage meets the reader's code.
std::vector<std::size_t> structure_of(const std::string& model) {
  const ByteView view = testing::to_byte_view(model);
  std::vector<bool> is_weight(model.size(), false);
  for (const Value& value : read_onnx(view).values) {
    if (!value.constant || value.constant->size() < 16) continue;
    const std::span<const std::byte> bytes = value.constant->bytes();
    if (bytes.data() < view.bytes.data() || bytes.data() >= view.bytes.data() + model.size())
      continue;
    const auto begin = is_weight.begin() + (bytes.data() - view.bytes.data());
    std::fill(begin, begin + static_cast<std::ptrdiff_t>(bytes.size()), true);
  }
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < model.size(); ++i) {
    if (!is_weight[i]) positions.push_back(i);
  }
  return positions;
}

TEST(HostileModels, FlippedBytesDoNoHarm) {
  constexpr std::uint32_t kSeed = 20260101;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937 random(kSeed);
  const std::string whole = as_text(ReferenceCase("pgc_densenet").model());
  const std::vector<std::size_t> structure = structure_of(whole);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = whole;
    const std::size_t flips = 1 + random() % 4;
    for (std::size_t flip = 0; flip < flips; ++flip) {
      damaged[structure[random() % structure.size()]] = static_cast<char>(random());
    }
    SCOPED_TRACE("try " + std::to_string(i));
    survive(damaged);
  }
}

}  // namespace
}  // namespace relcam
