#include "methods/roster.h"

namespace relcam {

Method gradient_method() {
  return {.name = "gradient",
          .summary = "how the score changes with each element: its signed derivative",
          .paper = "Baehrens et al., How to Explain Individual Classification Decisions, JMLR 2010",
          .signal = Signal::Gradient,
          .default_layer = "input",
          .attribute = signal_itself};
}

}  // namespace relcam
