#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "reference/questions.h"
#include "session/session.h"
#include "support/reference_case.h"

namespace relcam {
namespace {

using nlohmann::json;
using testing::Question;
using testing::ReferenceCase;

/// A family of cases by the prefix of their names.
struct Family {
  std::string_view prefix;
  std::optional<Question> (*question)(const json& entry);
};

constexpr std::array kFamilies = {
    Family{"rcam_", testing::rcam_question},       Family{"pgc_", testing::pgc_question},
    Family{"zennit_", testing::zennit_question},   Family{"captum_", testing::captum_question},
    Family{"vit_", testing::transformer_question}, Family{"swin_", testing::transformer_question}};

const Family& family_of(const std::string& name) {
  return *std::ranges::find_if(
      kFamilies, [&](const Family& family) { return name.starts_with(family.prefix); });
}

/// Black and white after the normalization that torchvision's models share.
PixelBounds imagenet_bounds() {
  constexpr std::array<float, 3> kMean = {0.485F, 0.456F, 0.406F};
  constexpr std::array<float, 3> kDeviation = {0.229F, 0.224F, 0.225F};
  PixelBounds bounds;
  for (std::size_t c = 0; c < kMean.size(); ++c) {
    bounds.low.push_back((0.0F - kMean[c]) / kDeviation[c]);
    bounds.high.push_back((1.0F - kMean[c]) / kDeviation[c]);
  }
  return bounds;
}

Session load(const ReferenceCase& reference, bool fold_batch_norm, std::size_t threads) {
  LoadOptions options;
  options.fold_batch_norm = fold_batch_norm;
  options.threads = threads;
  Session session = Session::load(reference.model(), options);
  session.set_input(reference.tensor("input.pb").values, imagenet_bounds());
  return session;
}

void run(Job& job) {
  while (job.step()) continue;
}

std::size_t threads() {
#ifdef RELCAM_THREADS
  return 2;
#else
  return 1;
#endif
}

class ReferenceTest : public ::testing::TestWithParam<std::string> {
 protected:
  ReferenceCase reference_{GetParam()};

  Session& session(bool fold_batch_norm) {
    const auto found = sessions_.find(fold_batch_norm);
    if (found != sessions_.end()) return found->second;
    return sessions_.emplace(fold_batch_norm, load(reference_, fold_batch_norm, threads()))
        .first->second;
  }

  void check(const json& entry, Question question) {
    question.request.targets = {reference_.description().at("target_class").get<std::size_t>()};
    question.request.emit = {testing::kind_of(entry)};
    if (question.request.layers.empty()) {
      question.request.layers = {entry.at("layer").get<std::string>()};
    }
    // Where the peer passed relevance through batch norms, they are nodes.
    if (GetParam().ends_with("_bnpass")) question.fold_batch_norm = false;
    ResultArray result = answer(question);
    if (question.to_unit) scale(result.data, *question.to_unit);
    const std::string complaint = compare(entry, result);
    if (complaint.empty()) return;
    const bool either_sign = entry.value("sign_ambiguous", false);
    if (either_sign && compare(entry, answer_of_negative(question)).empty()) return;
    ADD_FAILURE() << entry.at("file") << ": " << complaint;
  }

 private:
  ResultArray answer(const Question& question) {
    Session& loaded = session(question.fold_batch_norm);
    run(*loaded.start_explain(question.request));
    const auto& results = loaded.explanation().results;
    const bool fused = !question.request.fusion.empty();
    EXPECT_EQ(results.size(), fused ? question.request.layers.size() + 1 : 1U);
    if (fused) {
      EXPECT_EQ(results.back().layer, kFusionLayer);
    }
    return results.back();
  }

  static void scale(std::vector<float>& map, double epsilon) {
    const auto [low, high] = std::ranges::minmax(map);
    const double divisor = static_cast<double>(high - low) + epsilon;
    for (float& value : map) value = static_cast<float>(static_cast<double>(value - low) / divisor);
  }

  /// What the question's answer would be if the raw map had the other sign.
  ResultArray answer_of_negative(Question question) {
    std::string& evidence = question.request.evidence;
    if (question.request.emit.front() == "scaled") {
      evidence = evidence == "negative" ? "positive" : "negative";
      return answer(question);
    }
    ResultArray result = answer(question);
    for (float& value : result.data) value = -value;
    return result;
  }

  std::string compare(const json& entry, const ResultArray& got) const {
    const testing::StoredTensor want = reference_.tensor(entry.at("file"));
    EXPECT_EQ(got.shape, want.shape) << entry.at("file");
    return testing::difference(got.data, want.values, entry.at("atol"), entry.at("rtol"));
  }

  std::map<bool, Session> sessions_;
};

TEST_P(ReferenceTest, LogitsAreThePeersLogits) {
  const json& output = reference_.description().at("output");
  for (const bool fold : {true, false}) {
    Session& loaded = session(fold);
    run(*loaded.start_forward());
    EXPECT_EQ(testing::difference(loaded.logits(), reference_.tensor(output.at("file")).values,
                                  output.at("atol"), output.at("rtol")),
              "");
  }
}

TEST_P(ReferenceTest, EntriesAreThePeersArrays) {
  std::size_t checked = 0;
  const json& entries = reference_.description().at("expect");
  for (const json& entry : entries) {
    const auto question = family_of(GetParam()).question(entry);
    if (!question) continue;
    check(entry, *question);
    ++checked;
  }
  std::cout << GetParam() << ": " << checked << " of " << entries.size() << " entries checked\n";
  EXPECT_EQ(checked, entries.size());
}

TEST(ReferenceFamilies, HaveCases) {
  for (const Family& family : kFamilies) {
    EXPECT_FALSE(ReferenceCase::names(std::string(family.prefix)).empty()) << family.prefix;
  }
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const Family& family : kFamilies) {
    const std::vector<std::string> more = ReferenceCase::names(std::string(family.prefix));
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, ReferenceTest, ::testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace relcam
