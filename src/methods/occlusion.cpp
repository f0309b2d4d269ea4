#include <algorithm>

#include "methods/roster.h"
#include "methods/trials.h"

namespace relcam {

namespace {

/// Where windows stand along one axis; the last is cut off at the border.
struct WindowAxis {
  WindowAxis(std::size_t axis_length, std::size_t window_length, std::size_t step)
      : length(axis_length), window(std::min(window_length, axis_length)), stride(step) {}

  std::size_t count() const { return (length - window + stride - 1) / stride + 1; }
  std::size_t begin(std::size_t index) const { return index * stride; }
  std::size_t end(std::size_t index) const { return std::min(begin(index) + window, length); }

  std::size_t length;
  std::size_t window;
  std::size_t stride;
};

/// The settings, or what they are by default: windows an eighth of the image, half overlapping.
std::size_t window_of(const TrialInput& input) {
  const std::size_t given = input.parameters.integer("window");
  const std::size_t shorter = std::min(input.layer_raster.height, input.layer_raster.width);
  return given != 0 ? given : std::max<std::size_t>(shorter / 8, 1);
}

std::size_t stride_of(const TrialInput& input) {
  const std::size_t given = input.parameters.integer("stride");
  return given != 0 ? given : std::max<std::size_t>(window_of(input) / 2, 1);
}

/// One trial per window, row by row.
class Occlusion final : public Trials {
 public:
  explicit Occlusion(const TrialInput& input)
      : input_(input),
        rows_(input.layer_raster.height, window_of(input), stride_of(input)),
        columns_(input.layer_raster.width, window_of(input), stride_of(input)),
        baseline_(static_cast<float>(input.parameters.number("baseline"))),
        score_(explained_score(input.seed, input.scores)),
        sums_(input.layer_raster.positions(), 0.0),
        covers_(input.layer_raster.positions(), 0) {}

  std::size_t count() const override { return rows_.count() * columns_.count(); }

  void alter(std::size_t trial, std::span<float> values) const override {
    const Raster& raster = input_.layer_raster;
    for_window(trial, [&](std::size_t position) {
      for (std::size_t c = 0; c < raster.channels; ++c) {
        values[raster.index(position, c)] = baseline_;
      }
    });
  }

  void take(std::size_t trial, const TrialOutcome& outcome) override {
    const double drop = score_ - explained_score(input_.seed, outcome.scores);
    for_window(trial, [&](std::size_t position) {
      sums_[position] += drop;
      ++covers_[position];
    });
  }

  CamOutput finish() const override {
    const Raster& raster = input_.layer_raster;
    std::vector<float> attribution(input_.activation.size(), 0.0F);
    for (std::size_t i = 0; i < raster.positions(); ++i) {
      if (covers_[i] == 0) continue;
      const auto mean = static_cast<float>(sums_[i] / static_cast<double>(covers_[i]));
      for (std::size_t c = 0; c < raster.channels; ++c) attribution[raster.index(i, c)] = mean;
    }
    return {.weights = {}, .map = std::move(attribution)};
  }

 private:
  template <typename Visit>
  void for_window(std::size_t trial, const Visit& visit) const {
    const std::size_t row = trial / columns_.count();
    const std::size_t column = trial % columns_.count();
    for (std::size_t y = rows_.begin(row); y < rows_.end(row); ++y) {
      for (std::size_t x = columns_.begin(column); x < columns_.end(column); ++x) {
        visit(y * input_.layer_raster.width + x);
      }
    }
  }

  TrialInput input_;
  WindowAxis rows_;
  WindowAxis columns_;
  float baseline_;
  double score_;
  std::vector<double> sums_;
  std::vector<std::size_t> covers_;
};

}  // namespace

Method occlusion_method() {
  return {.name = "occlusion",
          .summary =
              "how much of the class score is lost where a window slides over the image; "
              "pixels get the mean over the windows that cover them, 0 where none does",
          .paper =
              "Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV "
              "2014, section 4.2",
          .parameters = {{.name = "window",
                          .type = ParameterType::Integer,
                          .fallback = "0",
                          .least = 0,
                          .most = 4096,
                          .summary = "side of the window, in pixels; 0: an eighth of the layer's "
                                     "shorter side"},
                         {.name = "stride",
                          .type = ParameterType::Integer,
                          .fallback = "0",
                          .least = 0,
                          .most = 4096,
                          .summary = "pixels between neighbouring windows; 0: half a window"},
                         {.name = "baseline",
                          .fallback = "0",
                          .summary = "value inside the window, after normalisation"}},
          .signal = Signal::None,
          .default_layer = "input",
          .rerun = {.altered = Altered::Layer, .attributes = true, .make = make_trials<Occlusion>}};
}

}  // namespace relcam
