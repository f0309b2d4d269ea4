#include <algorithm>
#include <cmath>

#include "methods/finish.h"
#include "methods/map.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// Values of one step, read or resized: some 20 ms of WebAssembly.
constexpr std::size_t kValuesPerStep = 1'000'000;

/// |factor * signal| of every term (the activation times its gradient, then each bias times its
/// gradient), channel by channel scaled to [0,1], resized and added up.
class FullGradMap final : public MapWork {
 public:
  explicit FullGradMap(const MethodInput& input)
      : input_(input), total_(input.raster.positions(), 0.0) {}

  bool step() override {
    if (term_ > input_.biases.size()) return false;
    const ImageSignal signal = signal_of_term();
    const std::size_t values = signal.raster.positions() + total_.size();
    const std::size_t most = std::max<std::size_t>(kValuesPerStep / values, 1);
    const std::size_t end = std::min(signal.raster.channels, channel_ + most);
    for (; channel_ < end; ++channel_) add_channel(signal);
    if (channel_ == signal.raster.channels) {
      ++term_;
      channel_ = 0;
    }
    return true;
  }

  std::vector<float> map() const override { return to_floats(total_); }

 private:
  ImageSignal signal_of_term() const {
    if (term_ == 0) return {.values = input_.signal, .raster = input_.raster};
    return input_.biases[term_ - 1].signal;
  }

  float factor(std::size_t element) const {
    return term_ == 0 ? input_.activation[element] : input_.biases[term_ - 1].bias[channel_];
  }

  void add_channel(const ImageSignal& signal) {
    std::vector<float> map(signal.raster.positions());
    for (std::size_t i = 0; i < map.size(); ++i) {
      const std::size_t element = signal.raster.index(i, channel_);
      map[i] = std::fabs(factor(element) * signal.values[element]);
    }
    const std::vector<float> resized =
        resize_unit_map(map, signal.raster.size(), input_.raster.size(), false);
    for (std::size_t i = 0; i < total_.size(); ++i) total_[i] += static_cast<double>(resized[i]);
  }

  MethodInput input_;
  std::vector<double> total_;
  std::size_t term_ = 0;  ///< 0: the activation's, then the biases'
  std::size_t channel_ = 0;
};

}  // namespace

/// psi of the paper's equation 8 is, as in pytorch-grad-cam: magnitude, scaling of each channel to
/// [0,1], bilinear resizing. At a layer other than the input, the layer takes the input's place and
/// the biases behind it count.
Method fullgrad_method() {
  return {.name = "fullgrad",
          .summary =
              "input times gradient, and bias times gradient of every convolution and "
              "normalisation, added up",
          .paper =
              "Srinivas and Fleuret, Full-Gradient Representation for Neural Network "
              "Visualization, NeurIPS 2019, equation 8",
          .signal = Signal::Gradient,
          .default_layer = "input",
          .reads_biases = true,
          .map = make_map_work<FullGradMap>};
}

}  // namespace relcam
