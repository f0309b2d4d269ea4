#include "image/resize_map.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"

namespace relcam {
namespace {

// A resized position lies between `low` and `high` = low + 1 (or the border), `fraction` past low.
struct Between {
  std::size_t low;
  std::size_t high;
  float fraction;
};

double source_position(int position, int from, int to, MapCoordinates coordinates) {
  if (coordinates == MapCoordinates::HalfPixel) {
    return (position + 0.5) * (static_cast<double>(from) / to) - 0.5;
  }
  return to == 1 ? 0.0 : static_cast<double>(position) * (from - 1) / (to - 1);
}

std::vector<Between> axis(int from, int to, MapCoordinates coordinates) {
  std::vector<Between> positions;
  positions.reserve(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double position = std::clamp(source_position(i, from, to, coordinates), 0.0, from - 1.0);
    const auto low = static_cast<std::size_t>(position);
    const std::size_t high = std::min(low + 1, static_cast<std::size_t>(from - 1));
    positions.push_back({low, high, static_cast<float>(position - static_cast<double>(low))});
  }
  return positions;
}

void require_fit(std::size_t count, ImageSize size) {
  if (size.width > 0 && size.height > 0 &&
      std::uint64_t{count} ==
          static_cast<std::uint64_t>(size.width) * static_cast<std::uint64_t>(size.height)) {
    return;
  }
  throw Error(ErrorCode::InvalidInput, "a map of " + std::to_string(count) + " values cannot be " +
                                           std::to_string(size.width) + "x" +
                                           std::to_string(size.height));
}

// In this form equal values mix to exactly themselves, so that a flat map stays flat.
float mix(float low, float high, float fraction) { return low + (high - low) * fraction; }

void interpolate_row(const float* row, const std::vector<Between>& columns, std::span<float> out) {
  for (std::size_t x = 0; x < columns.size(); ++x) {
    const auto [low, high, fraction] = columns[x];
    out[x] = mix(row[low], row[high], fraction);
  }
}

}  // namespace

void resize_map(std::span<const float> map, ImageSize from, std::span<float> out, ImageSize to,
                MapCoordinates coordinates) {
  require_fit(map.size(), from);
  require_fit(out.size(), to);
  const auto columns = axis(from.width, to.width, coordinates);
  const auto rows = axis(from.height, to.height, coordinates);
  const auto source_width = static_cast<std::size_t>(from.width);

  // All source rows are widened first; a row of the map serves several rows of the result.
  std::vector<float> widened(static_cast<std::size_t>(from.height) * columns.size());
  for (std::size_t y = 0; y < static_cast<std::size_t>(from.height); ++y) {
    interpolate_row(map.data() + y * source_width, columns,
                    std::span(widened).subspan(y * columns.size(), columns.size()));
  }
  for (std::size_t y = 0; y < rows.size(); ++y) {
    const float* upper = widened.data() + rows[y].low * columns.size();
    const float* lower = widened.data() + rows[y].high * columns.size();
    const float fraction = rows[y].fraction;
    float* target = out.data() + y * columns.size();
    for (std::size_t x = 0; x < columns.size(); ++x) {
      target[x] = mix(upper[x], lower[x], fraction);
    }
  }
}

}  // namespace relcam
