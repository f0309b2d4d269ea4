#include "kernels/window.h"

namespace relcam {
namespace {

struct Axis {
  std::size_t input;
  std::size_t output;
  std::size_t kernel;
  std::size_t stride;
  std::size_t dilation;
  std::size_t pad;
};

Axis vertical(Extent2d input, Extent2d output, const Window2d& window) {
  return {input.height,         output.height,          window.kernel.height,
          window.stride.height, window.dilation.height, window.pads.top};
}

Axis horizontal(Extent2d input, Extent2d output, const Window2d& window) {
  return {input.width,         output.width,          window.kernel.width,
          window.stride.width, window.dilation.width, window.pads.left};
}

AxisMeetings inputs_met(const Axis& axis) {
  AxisMeetings meetings(axis.output);
  for (std::size_t at = 0; at < axis.output; ++at) {
    for (std::size_t k = 0; k < axis.kernel; ++k) {
      const std::size_t padded = at * axis.stride + k * axis.dilation;
      if (padded >= axis.pad && padded - axis.pad < axis.input) {
        meetings[at].push_back({k, padded - axis.pad});
      }
    }
  }
  return meetings;
}

AxisMeetings outputs_met(const Axis& axis) {
  AxisMeetings meetings(axis.input);
  const AxisMeetings inputs = inputs_met(axis);
  for (std::size_t at = 0; at < axis.output; ++at) {
    for (const Meeting& meeting : inputs[at])
      meetings[meeting.other].push_back({meeting.kernel, at});
  }
  return meetings;
}

}  // namespace

Meetings2d meetings_of_outputs(Extent2d input, Extent2d output, const Window2d& window) {
  return {inputs_met(vertical(input, output, window)),
          inputs_met(horizontal(input, output, window))};
}

Meetings2d meetings_of_inputs(Extent2d input, Extent2d output, const Window2d& window) {
  return {outputs_met(vertical(input, output, window)),
          outputs_met(horizontal(input, output, window))};
}

}  // namespace relcam
