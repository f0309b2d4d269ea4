#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/byte_view.h"
#include "base/shape.h"

namespace relcam::testing {

struct StoredTensor {
  Shape shape;
  std::vector<float> values;
};

/// A folder of tests/data/GROUP: a network, one input, and arrays that other people's
/// implementations computed for it (see the README beside them).
class ReferenceCase {
 public:
  explicit ReferenceCase(const std::string& name, const std::string& group = "reference");

  /// Names of all cases of the group that begin with `prefix`, sorted.
  static std::vector<std::string> names(const std::string& prefix,
                                        const std::string& group = "reference");

  const nlohmann::json& description() const { return description_; }
  ByteView model() const;
  /// A serialized TensorProto of the folder.
  StoredTensor tensor(const std::string& file) const;

 private:
  std::filesystem::path folder_;
  nlohmann::json description_;
};

/// Bytes of a file; throws std::runtime_error naming it when it cannot be read.
ByteView read_bytes(const std::filesystem::path& file);

/// Empty when |got - want| <= atol + rtol * |want| for every element, else what differs most. With
/// relaxed SIMD the absolute tolerance is ten times as large.
std::string difference(const std::vector<float>& got, const std::vector<float>& want, double atol,
                       double rtol);

}  // namespace relcam::testing
