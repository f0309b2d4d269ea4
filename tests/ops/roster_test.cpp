#include "ops/roster.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "support/test_data.h"

namespace relcam {
namespace {

TEST(Roster, EveryTableHasATestOfItsName) {
  const std::filesystem::path folder = testing::test_data().parent_path() / "ops";
#define RELCAM_OP_NAME(name) #name,
  for (const std::string name : {RELCAM_OPS(RELCAM_OP_NAME)}) {
    EXPECT_TRUE(std::filesystem::exists(folder / (name + "_test.cpp"))) << name;
  }
#undef RELCAM_OP_NAME
}

TEST(Roster, EveryOperatorIsFilledInAndFound) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Op* op : all_ops()) {
    EXPECT_TRUE(seen.emplace(op->domain, op->type).second) << op->type << " is registered twice";
    EXPECT_TRUE(op->fold != nullptr || op->prepare != nullptr || op->decompose != nullptr)
        << op->type;
    if (op->decompose != nullptr && op->prepare == nullptr) continue;
    EXPECT_NE(op->kind, nullptr) << op->type;
    EXPECT_NE(op->infer, nullptr) << op->type;
    EXPECT_EQ(find_op(op->type, op->domain), op);
  }
  EXPECT_EQ(find_op("Conv", "nowhere"), nullptr);
  EXPECT_EQ(find_op("NoSuchOperator", ""), nullptr);
}

TEST(Roster, KindsHaveNames) {
  EXPECT_EQ(to_string(Kind::Linear), "linear");
  EXPECT_EQ(to_string(Kind::Blind), "blind");
}

}  // namespace
}  // namespace relcam
