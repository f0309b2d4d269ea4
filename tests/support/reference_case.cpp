#include "support/reference_case.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "onnx/read_onnx.h"
#include "support/rounding.h"
#include "support/test_data.h"

namespace relcam::testing {

namespace {

std::filesystem::path folder_of(const std::string& group) { return test_data() / group; }

}  // namespace

ByteView read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::make_shared<std::vector<std::byte>>(text.size());
  std::ranges::transform(text, bytes->begin(), [](char c) { return static_cast<std::byte>(c); });
  return {.bytes = *bytes, .owner = bytes};
}

ReferenceCase::ReferenceCase(const std::string& name, const std::string& group)
    : folder_(folder_of(group) / name) {
  std::ifstream stream(folder_ / "case.json");
  if (!stream) throw std::runtime_error("cannot read " + (folder_ / "case.json").string());
  description_ = nlohmann::json::parse(stream);
}

std::vector<std::string> ReferenceCase::names(const std::string& prefix, const std::string& group) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(group))) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name.starts_with(prefix)) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

ByteView ReferenceCase::model() const { return read_bytes(folder_ / "model.onnx"); }

StoredTensor ReferenceCase::tensor(const std::string& file) const {
  const NamedConstant stored = read_tensor_proto(read_bytes(folder_ / file));
  return {.shape = stored.value.shape(), .values = stored.value.floats()};
}

std::string difference(const std::vector<float>& got, const std::vector<float>& want, double atol,
                       double rtol) {
  if (got.size() != want.size()) {
    return std::to_string(got.size()) + " elements instead of " + std::to_string(want.size());
  }
  double worst = 0.0;
  std::ostringstream message;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double expected = static_cast<double>(want[i]);
    const double allowed = tolerance_factor() * atol + rtol * std::abs(expected);
    const double excess = std::abs(static_cast<double>(got[i]) - expected) / allowed;
    if (excess <= 1.0) continue;
    if (!(excess > worst) && !std::isnan(excess)) continue;
    worst = excess;
    message.str({});
    message << "element " << i << " is " << got[i] << " instead of " << want[i] << ", " << excess
            << " times the tolerance";
  }
  return message.str();
}

}  // namespace relcam::testing
