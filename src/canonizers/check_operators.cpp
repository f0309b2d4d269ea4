#include "canonizers/check_operators.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "ops/decomposition.h"

namespace relcam {
namespace {

/// More than any honest model lacks; a hostile one may name a million.
constexpr std::size_t kListedOperators = 50;

struct Refusal {
  std::string op_type;
  std::string first_node;
  std::size_t nodes = 0;
  /// Why this form of a known operator is refused; empty when the operator is unknown.
  std::string reason;
};

struct Advice {
  std::string_view type;  ///< an operator, or a domain with its dot
  std::string_view text;
};

constexpr std::string_view kStatic =
    "export with control flow that is decided at export: trace the model, or unroll its loops";
constexpr std::string_view kHead =
    "export the classifier without the head that picks boxes or classes";
constexpr std::string_view kRecurrent = "recurrent layers are not explained: export the image part";
constexpr std::string_view kPlain = "decode, resize and normalise outside of the model";
constexpr std::string_view kSpectral = "export the network behind the transform";

/// What to export instead, where it is known; the first row whose type begins the operator's.
constexpr std::array kAdvice = {
    Advice{"Loop", kStatic},
    Advice{"If", kStatic},
    Advice{"Scan", kStatic},
    Advice{"Sequence", kStatic},
    Advice{"SplitToSequence", kStatic},
    Advice{"ConcatFromSequence", kStatic},
    Advice{"Optional", kStatic},
    Advice{"NonMaxSuppression", kHead},
    Advice{"RoiAlign", kHead},
    Advice{"MaxRoiPool", kHead},
    Advice{"LSTM", kRecurrent},
    Advice{"GRU", kRecurrent},
    Advice{"RNN", kRecurrent},
    Advice{"ImageDecoder", kPlain},
    Advice{"String", kPlain},
    Advice{"DFT", kSpectral},
    Advice{"STFT", kSpectral},
    Advice{"Random", "export in evaluation mode: an explanation needs a model that repeats itself"},
    Advice{"Bernoulli", "export in evaluation mode"},
    Advice{"Multinomial", "export in evaluation mode"},
    Advice{"com.microsoft.", "export without ONNX Runtime's graph optimisations"},
    Advice{"ai.onnx.ml.", "export the network alone, without classical preprocessing or trees"},
    Advice{"ai.onnx.training.", "export in evaluation mode"},
    Advice{"ai.onnx.contrib.", kPlain},
    Advice{"org.pytorch.aten.", "export with operator_export_type ONNX"},
    Advice{"aten.", "export with a newer opset, in which ONNX has this operator"},
    Advice{"prim.", kStatic},
    Advice{"torchvision.", kHead},
    Advice{"mmdeploy.", kHead},
};

std::string_view advice_for(const Refusal& refusal) {
  const auto row = std::ranges::find_if(
      kAdvice, [&](const Advice& advice) { return refusal.op_type.starts_with(advice.type); });
  return row == kAdvice.end() ? std::string_view() : row->text;
}

std::string full_type(const Node& node) {
  return node.domain.empty() ? node.op_type : node.domain + "." + node.op_type;
}

/// Throws what the operator has against the node.
void ask(const Op& op, const NodeView& view) {
  if (op.decompose != nullptr) {
    Decomposition decomposition(view);
    if (op.decompose(decomposition)) return;
  }
  if (op.infer != nullptr) (void)op.infer(view);
}

/// What it says against the node: its shape is missing although those of its inputs are not.
std::string objection(const Op& op, const NodeView& view) {
  const auto lacks_shape = [&view](ValueId id) {
    return id != kNoValue && !view.graph.value(id).shape;
  };
  if (std::ranges::any_of(view.node.inputs, lacks_shape)) return {};
  if (std::ranges::none_of(view.node.outputs, lacks_shape)) return {};
  try {
    ask(op, view);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::optional<Refusal> refusal_of(const NodeView& view) {
  const Op* op = find_op(view.node.op_type, view.node.domain);
  Refusal refusal{full_type(view.node), view.node.name, 1, {}};
  const bool runs = op != nullptr && (op->prepare != nullptr || op->decompose != nullptr);
  if (!runs) return refusal;
  std::string reason = objection(*op, view);
  if (reason.empty()) return std::nullopt;
  return Refusal{std::move(refusal.op_type), std::move(refusal.first_node), 1, std::move(reason)};
}

/// Refusals by operator, in the order of their first nodes.
class RefusalList {
 public:
  void add(Refusal refusal) {
    const auto [known, is_new] =
        positions_.emplace(std::pair(refusal.op_type, refusal.reason.empty()), refusals_.size());
    if (is_new) {
      refusals_.push_back(std::move(refusal));
    } else {
      ++refusals_[known->second].nodes;
    }
  }

  const std::vector<Refusal>& refusals() const { return refusals_; }

 private:
  std::vector<Refusal> refusals_;
  std::map<std::pair<std::string, bool>, std::size_t> positions_;
};

std::string described(const Refusal& refusal) {
  const std::string count =
      refusal.nodes == 1 ? "1 node, '" : std::to_string(refusal.nodes) + " nodes, first '";
  std::string text = refusal.op_type + " (" + count + refusal.first_node + "'";
  if (!refusal.reason.empty()) text += ": " + refusal.reason;
  const std::string_view advice = refusal.reason.empty() ? advice_for(refusal) : "";
  if (!advice.empty()) text.append("; ").append(advice);
  return text + ")";
}

}  // namespace

void check_operators(const Graph& graph) {
  RefusalList list;
  for (const Node& node : graph.nodes) {
    if (auto refusal = refusal_of({graph, node})) list.add(std::move(*refusal));
  }
  const std::vector<Refusal>& refusals = list.refusals();
  if (refusals.empty()) return;
  std::string text;
  for (const Refusal& refusal : refusals | std::views::take(kListedOperators)) {
    text += (text.empty() ? "" : ", ") + described(refusal);
  }
  if (refusals.size() > kListedOperators) {
    text += " and " + std::to_string(refusals.size() - kListedOperators) + " more";
  }
  throw Error(ErrorCode::UnsupportedOperator,
              "unsupported operators: " + text + "; opset " + std::to_string(graph.opset),
              refusals.front().first_node);
}

}  // namespace relcam
