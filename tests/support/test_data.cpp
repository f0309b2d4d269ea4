#include "support/test_data.h"

namespace relcam::testing {

std::filesystem::path test_data() { return RELCAM_TEST_DATA; }

}  // namespace relcam::testing
