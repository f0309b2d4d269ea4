#include "model.h"

#include <emscripten.h>
#include <emscripten/heap.h>

#include <utility>

#include "base/error.h"

namespace relcam::bindings {
namespace {

Normalization normalization_of(const PreprocessSettings& settings) {
  if (!settings.preset.empty()) {
    return value_by_name("preprocess", normalization_presets(), settings.preset);
  }
  return {.divisor = settings.divisor, .mean = settings.mean, .std = settings.std};
}

Preprocessing preprocessing_of(const PreprocessSettings& settings) {
  Preprocessing options;
  options.normalization = normalization_of(settings);
  if (!settings.channels.empty()) {
    const ChannelOrder order = value_by_name("channels", channel_orders(), settings.channels);
    if (settings.preset.empty()) {
      options.normalization.order = order;
    } else {
      options.normalization = with_channel_order(options.normalization, order);
    }
  }
  options.resize = value_by_name("resize", resize_modes(), settings.resize);
  options.interpolation = value_by_name("interpolation", interpolations(), settings.interpolation);
  if (settings.shorter_side != 0) options.shorter_side = settings.shorter_side;
  return options;
}

}  // namespace

Model Model::load(ModelFiles& files, const ModelOptions& options) {
  LoadOptions load_options{.dimensions = options.dimensions,
                           .input_shapes = options.input_shapes,
                           .external_data = std::exchange(files.external_data_, {}),
                           .image_input = options.image_input,
                           .weight_blocks = std::exchange(files.weight_blocks_, {}),
                           .fold_batch_norm = options.fold_batch_norm,
                           .threads = options.threads};
  if (options.image_size.size() == 2) load_options.image_size = options.image_size;
  return Model(Session::load(std::exchange(files.model_, {}), std::move(load_options)));
}

SourceRect Model::set_image(const Buffer& rgba, int width, int height,
                            const PreprocessSettings& settings) {
  if (session_.info().inputs.empty()) {
    throw Error(ErrorCode::InvalidInput, "the model has no input for a picture");
  }
  const InputFormat format = input_format(session_.info().inputs.front().shape);
  const Preprocessing options = preprocessing_of(settings);
  const ImageView image{rgba.octets(), {width, height}};
  const std::vector<float> input = preprocess(image, format, options);
  session_.set_input(input, pixel_bounds(options.normalization, format.channels));
  return source_rect(image.size, format, options);
}

bool Model::run_for(double milliseconds) {
  if (!job_) return false;
  const double end = emscripten_get_now() + milliseconds;
  while (job_->step()) {
    if (emscripten_get_now() >= end) return true;
  }
  job_.reset();
  return false;
}

Progress Model::progress() const { return job_ ? job_->progress() : Progress{}; }

void check_preprocess(const PreprocessSettings& settings) { (void)preprocessing_of(settings); }

TensorValue read_tensor(const Buffer& file) {
  StoredTensor tensor = relcam::read_tensor(file.bytes());
  return {std::move(tensor.name), std::move(tensor.shape), std::move(tensor.data)};
}

double memory_size() { return static_cast<double>(emscripten_get_heap_size()); }

}  // namespace relcam::bindings
