#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "support/onnx_builder.h"

namespace relcam::testing {

/// A model that computes a formula of its input "x" in pieces, as exporters write them.
class WrittenFormula {
 public:
  explicit WrittenFormula(const std::vector<OnnxDimension>& input, std::int64_t opset = 17);

  /// Adds a node and gives the name of its output. The last one's is the model's.
  std::string operator()(const std::string& op_type, const std::vector<std::string>& inputs,
                         const std::vector<OnnxMessage>& attributes = {});
  std::string number(float value) { return constant({}, {value}); }
  std::string constant(const Shape& shape, const std::vector<float>& values);
  std::string integers(const std::vector<std::int64_t>& values);

  /// The file.
  ByteView bytes() const;
  /// The graph after all canonizers.
  Graph canonized() const;
  std::vector<std::string> operators() const;

  /// The model computes, to a relative `tolerance`, what it computes when every value in it is a
  /// model output, which rewrites must leave alone; and has the same gradient.
  void expect_unchanged(float tolerance = 1e-5F) const;

 private:
  OnnxBuilder builder_;
  std::size_t constants_ = 0;
  std::vector<std::string> values_;
};

}  // namespace relcam::testing
