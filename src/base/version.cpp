#include "base/version.h"

namespace relcam {

std::string_view version() { return RELCAM_VERSION; }

}  // namespace relcam
