#include "base/divide_up.h"
#include "image/resize_map.h"
#include "methods/random.h"
#include "methods/roster.h"
#include "methods/trials.h"
#include "starts/start.h"

namespace relcam {

namespace {

/// One trial per mask: a coarse random grid, enlarged bilinearly and shifted by part of a cell.
class Rise final : public Trials {
 public:
  explicit Rise(const TrialInput& input)
      : input_(input),
        masks_(input.parameters.integer("masks")),
        cells_(input.parameters.integer("cells")),
        probability_(input.parameters.number("probability")),
        seed_(input.parameters.integer("seed")),
        sums_(input.layer_raster.positions(), 0.0) {}

  std::size_t count() const override { return masks_; }

  void alter(std::size_t trial, std::span<float> values) const override {
    apply_mask(input_.layer_raster, mask_of(trial), values);
  }

  void take(std::size_t trial, const TrialOutcome& outcome) override {
    const double score = explained_score(input_.seed, softmax(outcome.scores));
    const std::vector<float> mask = mask_of(trial);
    for (std::size_t i = 0; i < mask.size(); ++i) sums_[i] += score * static_cast<double>(mask[i]);
  }

  CamOutput finish() const override {
    std::vector<float> map(sums_.size());
    const double divisor = probability_ * static_cast<double>(masks_);
    for (std::size_t i = 0; i < map.size(); ++i) map[i] = static_cast<float>(sums_[i] / divisor);
    return {.weights = {}, .map = std::move(map)};
  }

 private:
  std::vector<float> mask_of(std::size_t trial) const {
    Random random(seed_, trial);
    std::vector<float> grid(cells_ * cells_);
    for (float& cell : grid) cell = random.uniform() < probability_ ? 1.0F : 0.0F;
    const Raster& raster = input_.layer_raster;
    const std::size_t cell_height = divide_up(raster.height, cells_);
    const std::size_t cell_width = divide_up(raster.width, cells_);
    const std::size_t height = (cells_ + 1) * cell_height;
    const std::size_t width = (cells_ + 1) * cell_width;
    const std::size_t top = below(cell_height, random);
    const std::size_t left = below(cell_width, random);
    const auto cells = static_cast<int>(cells_);
    std::vector<float> large(height * width);
    resize_map(grid, {.width = cells, .height = cells}, large,
               {.width = static_cast<int>(width), .height = static_cast<int>(height)},
               MapCoordinates::HalfPixel);
    std::vector<float> mask;
    mask.reserve(raster.positions());
    for (std::size_t y = 0; y < raster.height; ++y) {
      const auto row = large.begin() + static_cast<std::ptrdiff_t>((top + y) * width + left);
      mask.insert(mask.end(), row, row + static_cast<std::ptrdiff_t>(raster.width));
    }
    return mask;
  }

  static std::size_t below(std::size_t limit, Random& random) {
    return static_cast<std::size_t>(random.uniform() * static_cast<double>(limit));
  }

  TrialInput input_;
  std::size_t masks_;
  std::size_t cells_;
  double probability_;
  std::size_t seed_;
  std::vector<double> sums_;
};

}  // namespace

Method rise_method() {
  return {
      .name = "rise",
      .summary =
          "mean of random masks, weighted by the class probability that the image keeps "
          "behind each",
      .paper = "Petsiuk et al., RISE, BMVC 2018, equation 6",
      .parameters = {{.name = "masks",
                      .type = ParameterType::Integer,
                      .fallback = "1000",
                      .least = 1,
                      .most = 100000,
                      .summary = "runs of the model (the paper takes 4000 to 8000)"},
                     {.name = "cells",
                      .type = ParameterType::Integer,
                      .fallback = "7",
                      .least = 1,
                      .most = 64,
                      .summary = "cells of a mask along a side"},
                     {.name = "probability",
                      .fallback = "0.5",
                      .least = 0.01,
                      .most = 1,
                      .summary = "share of cells that let the image through"},
                     {.name = "seed",
                      .type = ParameterType::Integer,
                      .fallback = "0",
                      .least = 0,
                      .most = kMostSeed,
                      .summary = "of the random masks"}},
      .signal = Signal::None,
      .default_layer = "input",
      .rerun = {.altered = Altered::Layer, .weighs_channels = false, .make = make_trials<Rise>}};
}

}  // namespace relcam
