// Speed of the linear kernels on layers of common networks, in multiply-accumulates per
// nanosecond: forward, apply(Positive) and adjoint(Positive), on one and two threads. Arguments:
// words that a layer's name must contain.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/constant.h"
#include "kernels/convolution.h"
#include "kernels/depthwise.h"

namespace {

using namespace relcam;

struct Layer {
  const char* name;
  std::size_t size;  ///< height and width of the input
  std::size_t inputs;
  std::size_t outputs;
  std::size_t kernel;
  std::size_t stride;
  std::size_t groups = 1;
};

constexpr Layer kLayers[] = {
    {"resnet stem 7x7", 224, 3, 64, 7, 2},
    {"resnet 1x1 56", 56, 64, 64, 1, 1},
    {"resnet 3x3 56", 56, 64, 64, 3, 1},
    {"resnet 1x1 56 expand", 56, 64, 256, 1, 1},
    {"resnet 1x1 56 reduce", 56, 256, 64, 1, 1},
    {"resnet 3x3 56 stride 2", 56, 128, 128, 3, 2},
    {"resnet 1x1 56 stride 2", 56, 256, 512, 1, 2},
    {"resnet 3x3 28", 28, 128, 128, 3, 1},
    {"resnet 1x1 28 expand", 28, 128, 512, 1, 1},
    {"resnet 1x1 28 reduce", 28, 512, 128, 1, 1},
    {"resnet 3x3 14", 14, 256, 256, 3, 1},
    {"resnet 1x1 14 expand", 14, 256, 1024, 1, 1},
    {"resnet 1x1 14 reduce", 14, 1024, 256, 1, 1},
    {"resnet 3x3 14 stride 2", 14, 512, 512, 3, 2},
    {"resnet 3x3 7", 7, 512, 512, 3, 1},
    {"resnet 1x1 7 expand", 7, 512, 2048, 1, 1},
    {"resnet 1x1 7 reduce", 7, 2048, 512, 1, 1},
    {"resnet classifier", 1, 2048, 1000, 1, 1},
    {"resnext 3x3 28 groups 32", 28, 256, 256, 3, 1, 32},
    {"vgg 3x3 224", 224, 64, 64, 3, 1},
    {"vgg 3x3 112", 112, 128, 128, 3, 1},
    {"vgg 3x3 56", 56, 256, 256, 3, 1},
    {"vgg 3x3 28", 28, 512, 512, 3, 1},
    {"vgg 3x3 14", 14, 512, 512, 3, 1},
    {"vgg classifier", 1, 25088, 4096, 1, 1},
    {"mobilenet 1x1 112", 112, 32, 16, 1, 1},
    {"mobilenet 1x1 56", 56, 24, 144, 1, 1},
    {"mobilenet 1x1 14", 14, 96, 576, 1, 1},
    {"mobilenet 1x1 7", 7, 960, 160, 1, 1},
    {"mobilenet depthwise 112", 112, 32, 32, 3, 1, 32},
    {"mobilenet depthwise 112 stride 2", 112, 96, 96, 3, 2, 96},
    {"mobilenet depthwise 56", 56, 144, 144, 3, 1, 144},
    {"mobilenet depthwise 14", 14, 576, 576, 3, 1, 576},
    {"efficientnet depthwise 5x5 14", 14, 672, 672, 5, 1, 672},
};

ConvolutionShape shape_of(const Layer& layer) {
  const std::size_t pad = layer.kernel / 2;
  const std::size_t output = (layer.size + 2 * pad - layer.kernel) / layer.stride + 1;
  ConvolutionShape shape;
  shape.input = {layer.size, layer.size};
  shape.output = {output, output};
  shape.groups = layer.groups;
  shape.group_inputs = layer.inputs / layer.groups;
  shape.group_outputs = layer.outputs / layer.groups;
  shape.window.kernel = {layer.kernel, layer.kernel};
  shape.window.stride = {layer.stride, layer.stride};
  shape.window.pads = {pad, pad, pad, pad};
  return shape;
}

std::vector<float> random_floats(std::size_t count) {
  static std::minstd_rand random(1);
  std::vector<float> values(count + 16);
  for (float& value : values) {
    value = static_cast<float>(static_cast<int>(random() % 2000) - 1000) / 1000.0F;
  }
  return values;
}

/// Nanoseconds of one call: the quickest of several, so that other work on the machine counts less.
double nanoseconds(const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::max();
  call();
  const auto start = Clock::now();
  for (int i = 0; i < 5 || Clock::now() - start < std::chrono::milliseconds(150); ++i) {
    const auto begin = Clock::now();
    call();
    const std::chrono::duration<double, std::nano> spent = Clock::now() - begin;
    best = std::min(best, spent.count());
  }
  return best;
}

template <typename Kernel>
void measure(const Layer& layer, const ThreadPool& pool, double* speeds) {
  const ConvolutionShape shape = shape_of(layer);
  const std::size_t weights =
      shape.output_channels() * shape.group_inputs * shape.window.kernel.area();
  std::vector<float> values = random_floats(weights);
  values.resize(weights);
  const Constant constant = Constant::from_floats({static_cast<std::int64_t>(weights)}, values);
  Kernel kernel(shape, {.values = constant}, pool);
  const std::vector<float> x = random_floats(shape.input_size());
  const std::vector<float> s = random_floats(shape.output_size());
  std::vector<float> y(shape.output_size() + 16);
  std::vector<float> r(shape.input_size() + 16);
  const double products = static_cast<double>(shape.output.area()) * static_cast<double>(weights);
  const auto input = std::span(x).first(shape.input_size());
  const auto output = std::span(y).first(shape.output_size());
  constexpr WeightPart kPositive = {WeightPart::Kind::Positive};

  speeds[0] = products / nanoseconds([&] {
                kernel.forward(input, output, 1, 0.0F, std::numeric_limits<float>::infinity());
              });
  speeds[1] =
      products / nanoseconds([&] { kernel.apply(kPositive, input, output, Write::Assign); });
  speeds[2] = products / nanoseconds([&] {
                kernel.adjoint(kPositive, std::span(s).first(shape.output_size()),
                               std::span(r).first(shape.input_size()), 1, Write::Assign);
              });
}

bool chosen(const std::string& name, int count, char** words) {
  return std::all_of(words, words + count,
                     [&](const char* word) { return name.find(word) != std::string::npos; });
}

}  // namespace

int main(int argc, char** argv) {
  const ThreadPool pools[] = {ThreadPool(1), ThreadPool(2)};
  std::printf("%-34s | %24s | %24s\n", "GMAC/s", "1 thread", "2 threads");
  std::printf("%-34s | forward   apply  adjoint | forward   apply  adjoint\n", "");
  for (const Layer& layer : kLayers) {
    if (!chosen(layer.name, argc - 1, argv + 1)) continue;
    std::printf("%-34s", layer.name);
    for (const ThreadPool& pool : pools) {
      double speeds[3];
      if (layer.groups == layer.inputs && layer.groups > 1) {
        measure<DepthwiseConvolution>(layer, pool, speeds);
      } else {
        measure<Convolution>(layer, pool, speeds);
      }
      std::printf(" | %7.2f %7.2f %8.2f", speeds[0], speeds[1], speeds[2]);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  return 0;
}
