#include <algorithm>
#include <functional>

#include "methods/roster.h"

namespace relcam {

namespace {

std::vector<float> attribute(const MethodInput& input) {
  std::vector<float> products(input.signal.size());
  std::ranges::transform(input.activation, input.signal, products.begin(), std::multiplies<>{});
  return products;
}

}  // namespace

Method input_x_gradient_method() {
  return {.name = "input-x-gradient",
          .summary = "each element times its gradient: the score's linear part that it carries",
          .paper = "Shrikumar et al., Not Just a Black Box, arXiv 1605.01713, 2016",
          .signal = Signal::Gradient,
          .default_layer = "input",
          .attribute = attribute};
}

}  // namespace relcam
