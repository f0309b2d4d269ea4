#include "session/stages.h"

#include <algorithm>
#include <map>
#include <utility>

#include "session/layers.h"

namespace relcam {

namespace {

constexpr std::size_t kMostTokenStages = 4;

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

/// Which values' patches have a part in the logits, by the way that the graph goes; of values
/// without patches nothing is said.
class PatchReach {
 public:
  PatchReach(const Program& program, ValueId logits)
      : program_(program), needed_(program.graph().values.size(), false), reached_(needed_) {
    needed_[at(logits)] = true;
    reached_[at(logits)] = true;
    for (std::size_t i = program.size(); i-- > 0;) visit(program.node(i));
  }

  bool operator[](ValueId value) const { return reached_[at(value)]; }

 private:
  bool has_patches(ValueId value) const {
    if (program_.graph().value(value).layout == Layout::ChannelsLast) return true;
    const auto grid = program_.graph().token_grids.find(value);
    return grid != program_.graph().token_grids.end() && grid->second.rows > 0;
  }

  bool is_prefix(ValueId value) const {
    return program_.graph().token_grids.contains(value) && !has_patches(value);
  }

  void visit(const Node& node) {
    for (const ValueId output : node.outputs) {
      if (output == kNoValue || !needed_[at(output)]) continue;
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const ValueId input = node.inputs[i];
        if (input == kNoValue) continue;
        needed_[at(input)] = true;
        // Attention mixes the tokens of its second operand: each reaches all results.
        const bool mixes = node.op_type == "MatMul" && i == 1;
        const bool reaches =
            has_patches(output) && !mixes ? reached_[at(output)] : !is_prefix(output);
        if (reaches) reached_[at(input)] = true;
      }
    }
  }

  const Program& program_;
  std::vector<bool> needed_;
  std::vector<bool> reached_;
};

/// A value that may end a stage, and the size of its map.
struct Candidate {
  ValueId value;
  std::pair<std::size_t, std::size_t> size;
  bool is_tokens;
};

/// Which values are the model's inputs, scaled, averaged, quantised or arranged anew, as models do
/// that prepare their pictures themselves.
std::vector<bool> find_pictures(const Program& program) {
  const Graph& graph = program.graph();
  std::vector<bool> is_picture(graph.values.size(), false);
  for (const ValueId input : graph.inputs) is_picture[at(input)] = true;
  const auto is_of_picture = [&](ValueId input) {
    return input == kNoValue || !program.is_live(input) || is_picture[at(input)];
  };
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    const Kind kind = program.prepared(i).kind;
    const bool prepares = kind == Kind::Affine || kind == Kind::Route || kind == Kind::Pool ||
                          node.op_type == "FakeQuantize";
    if (!prepares || !std::ranges::all_of(node.inputs, is_of_picture)) continue;
    for (const ValueId output : node.outputs) {
      if (output != kNoValue) is_picture[at(output)] = true;
    }
  }
  return is_picture;
}

/// Images of any kind, and tokens of kind `of_tokens`.
std::vector<Candidate> find_candidates(const Program& program, ValueId logits, Kind of_tokens) {
  const Graph& graph = program.graph();
  const PatchReach reach(program, logits);
  const std::vector<bool> is_picture = find_pictures(program);
  const std::vector<bool> shows_image = descendants_of(program, graph.inputs.front());
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    const ValueId output = node.outputs.front();
    const Value& value = graph.value(output);
    const bool is_tokens = value.layout != Layout::ChannelsLast;
    const bool counts = shows_image[at(output)] && !is_picture[at(output)];
    if (value.name.empty() || !reach[output] || !counts) continue;
    // Padding alone makes no resolution that a network works at.
    if (is_tokens ? program.prepared(i).kind != of_tokens : node.op_type == "Pad") continue;
    const auto raster = raster_of(graph, output);
    if (!raster || raster->positions() < 2) continue;
    candidates.push_back({output, {raster->height, raster->width}, is_tokens});
  }
  return candidates;
}

bool have_tokens(const std::vector<Candidate>& candidates) {
  return std::ranges::any_of(candidates, &Candidate::is_tokens);
}

std::vector<ValueId> evenly_spaced(std::vector<Candidate> candidates) {
  std::erase_if(candidates, [](const Candidate& candidate) { return !candidate.is_tokens; });
  const std::size_t count = std::min(kMostTokenStages, candidates.size());
  std::vector<ValueId> stages;
  for (std::size_t i = 1; i <= count; ++i) {
    stages.push_back(candidates[i * candidates.size() / count - 1].value);
  }
  return stages;
}

}  // namespace

std::vector<ValueId> find_stages(const Program& program, ValueId logits) {
  if (program.graph().inputs.empty()) return {};
  std::vector<Candidate> candidates = find_candidates(program, logits, Kind::Normalization);
  if (!have_tokens(candidates)) candidates = find_candidates(program, logits, Kind::Sum);
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> last_at;
  for (std::size_t i = 0; i < candidates.size(); ++i) last_at[candidates[i].size] = i;
  if (last_at.size() == 1 && have_tokens(candidates)) return evenly_spaced(std::move(candidates));
  std::vector<std::size_t> positions;
  for (const auto& [size, position] : last_at) positions.push_back(position);
  std::ranges::sort(positions);
  std::vector<ValueId> stages;
  for (const std::size_t position : positions) stages.push_back(candidates[position].value);
  return stages;
}

}  // namespace relcam
