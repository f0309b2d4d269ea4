#pragma once

#include <vector>

#include "base/error.h"
#include "support/node_fixture.h"

namespace relcam::testing {

/// The outputs of a fixture's node for its live inputs, in ONNX order, canonized and run as a model
/// is: of operators that decompose, too. `opset` of the fixture counts.
std::vector<std::vector<float>> run_node(const NodeFixture& node,
                                         const std::vector<std::vector<float>>& inputs);

/// The shape of its first output.
Shape run_shape(const NodeFixture& node);

/// The code and message of the error that canonizing it throws; fails the test when there is none.
void expect_refused(const NodeFixture& node, ErrorCode code, const std::string& part);

}  // namespace relcam::testing
