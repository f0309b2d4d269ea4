#pragma once

/// Marks functions of which there are many, or that run seldom: better small than fast.
#if defined(__clang__)
#define RELCAM_SMALL_CODE [[clang::minsize]]
#else
#define RELCAM_SMALL_CODE
#endif
