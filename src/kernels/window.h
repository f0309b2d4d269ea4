#pragma once

#include <cstddef>
#include <vector>

namespace relcam {

struct Extent2d {
  std::size_t height = 1;
  std::size_t width = 1;

  std::size_t area() const { return height * width; }
};

/// Rows and columns of padding.
struct Pads2d {
  std::size_t top = 0;
  std::size_t left = 0;
  std::size_t bottom = 0;
  std::size_t right = 0;
};

/// A window that slides over an image: output (y, x) sees input rows
/// y * stride.height + i * dilation.height - pads.top for i in [0, kernel.height), columns alike.
struct Window2d {
  Extent2d kernel = {};
  Extent2d stride = {};
  Extent2d dilation = {};
  Pads2d pads = {};
};

/// An index on the other side of a window, and the kernel index through which it is met.
struct Meeting {
  std::size_t kernel;
  std::size_t other;
};

/// For every index along one axis: what it meets on the other side, in ascending kernel order for
/// outputs and ascending output order for inputs.
using AxisMeetings = std::vector<std::vector<Meeting>>;

struct Meetings2d {
  AxisMeetings rows;
  AxisMeetings columns;
};

/// What every output sees within the image; padding is left out.
Meetings2d meetings_of_outputs(Extent2d input, Extent2d output, const Window2d& window);

/// Which outputs see every input.
Meetings2d meetings_of_inputs(Extent2d input, Extent2d output, const Window2d& window);

}  // namespace relcam
