#pragma once

#include <filesystem>

namespace relcam::testing {

/// The folder tests/data of the checkout. Asked of a function, so that one file alone is compiled
/// anew where the checkout stands elsewhere.
std::filesystem::path test_data();

}  // namespace relcam::testing
