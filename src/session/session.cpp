#include "session/session.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "session/state.h"
#include "session/tensor_order.h"

namespace relcam {

namespace {

Graph import(const ByteView& model, LoadOptions& options) {
  ImportOptions import_options;
  import_options.dimensions = std::move(options.dimensions);
  import_options.input_shapes = std::move(options.input_shapes);
  import_options.external_data = std::move(options.external_data);
  import_options.image_size = std::move(options.image_size);
  import_options.weight_blocks = std::move(options.weight_blocks);
  return read_onnx(model, import_options);
}

ValueId input_named(const Graph& graph, const std::string& name, ErrorCode complaint) {
  std::string names;
  for (const ValueId id : graph.inputs) {
    const std::string& known = graph.value(id).name;
    if (known == name) return id;
    names += (names.empty() ? "'" : ", '") + known + "'";
  }
  throw Error(complaint, "the model has no input '" + name + "'; it has " + names, name);
}

bool takes_image(const Value& input) {
  constexpr std::int64_t kMostChannels = 4;
  const Shape& shape = *input.shape;
  return shape.size() == 4 && shape[0] == 1 && std::min(shape[1], shape[3]) <= kMostChannels;
}

/// Puts the input for the picture before the others, which keep their order.
void put_image_first(Graph& graph, const std::string& name) {
  std::vector<ValueId>& inputs = graph.inputs;
  const auto image =
      name.empty()
          ? std::ranges::find_if(inputs, [&](ValueId id) { return takes_image(graph.value(id)); })
          : std::ranges::find(inputs, input_named(graph, name, ErrorCode::InvalidOption));
  if (image != inputs.end()) std::rotate(inputs.begin(), image, image + 1);
}

Graph canonical(const ByteView& model, LoadOptions& options) {
  Graph graph = import(model, options);
  put_image_first(graph, options.image_input);
  const ThreadPool pool(1);
  canonize(graph, {.fold_batch_norm = options.fold_batch_norm}, pool);
  return graph;
}

void check_finite(std::span<const float> values, const std::string& name) {
  const auto bad = std::ranges::find_if(values, [](float x) { return !std::isfinite(x); });
  if (bad == values.end()) return;
  throw Error(ErrorCode::InvalidInput,
              "the input '" + name + "' holds " + (std::isnan(*bad) ? "NaN" : "infinity") +
                  " at element " + std::to_string(bad - values.begin()),
              name);
}

}  // namespace

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Session Session::load(const ByteView& model, LoadOptions options) {
  const std::size_t threads = std::max<std::size_t>(options.threads, 1);
  Graph graph = canonical(model, options);
  return Session(std::make_unique<State>(std::move(graph), threads));
}

const ModelInfo& Session::info() const { return state_->info; }

void Session::set_input(std::span<const float> input, PixelBounds bounds) {
  const Graph& graph = state_->program.graph();
  if (graph.inputs.empty()) {
    throw Error(ErrorCode::InvalidInput, "the model has no input to set");
  }
  set_input(graph.value(graph.inputs.front()).name, input);
  const bool same = bounds.low == state_->pixels.low && bounds.high == state_->pixels.high;
  if (same) return;
  state_->pixels = std::move(bounds);
  state_->bound.clear();
}

void Session::set_input(const std::string& name, std::span<const float> input) {
  const Graph& graph = state_->program.graph();
  const ValueId id = input_named(graph, name, ErrorCode::InvalidInput);
  const Value& value = graph.value(id);
  if (input.size() != state_->program.value_size(id)) {
    throw Error(ErrorCode::InvalidInput,
                "the input '" + name + "' takes " + to_string(onnx_shape(value)) +
                    " numbers, but " + std::to_string(input.size()) + " were given",
                name);
  }
  check_finite(input, name);
  std::vector<float> physical = to_physical_order(value, input);
  const auto previous = state_->inputs.find(id);
  if (previous != state_->inputs.end() && previous->second == physical) return;
  state_->inputs[id] = std::move(physical);
  state_->forget_results();
}

void Session::forget_input(const std::string& name) {
  const ValueId id = input_named(state_->program.graph(), name, ErrorCode::InvalidInput);
  if (state_->inputs.erase(id) > 0) state_->forget_results();
}

std::unique_ptr<Job> Session::start_forward() { return make_forward_job(*state_); }

std::vector<float> Session::output(const std::string& name) const {
  const Graph& graph = state_->program.graph();
  const auto found = std::ranges::find_if(
      graph.outputs, [&](ValueId id) { return name.empty() || graph.value(id).name == name; });
  if (found == graph.outputs.end()) {
    throw Error(ErrorCode::UnknownLayer, "the model has no output '" + name + "'", name);
  }
  if (!state_->forward_valid) {
    throw Error(ErrorCode::InvalidInput, "there is no output yet: run the model first");
  }
  return state_->forward_result(*found);
}

std::vector<float> Session::logits() const {
  if (!state_->forward_valid) {
    throw Error(ErrorCode::InvalidInput, "there are no class scores yet: run the model first");
  }
  const auto values = state_->forward->value(state_->logits);
  return {values.begin(), values.end()};
}

std::unique_ptr<Job> Session::start_explain(const ExplainRequest& request) {
  return make_explain_job(*state_, request);
}

const Explanation& Session::explanation() const { return state_->explanation; }

StoredTensor read_tensor(const ByteView& file) {
  NamedConstant stored = read_tensor_proto(file);
  return {std::move(stored.name), stored.value.shape(), stored.value.floats()};
}

}  // namespace relcam
