#include <sstream>

#include "graph/graph.h"

namespace relcam {
namespace {

/// How many elements of a list or small constant are spelled out.
constexpr std::size_t kShownElements = 8;

template <typename T>
void write_list(std::ostream& out, const std::vector<T>& items) {
  out << '[';
  for (std::size_t i = 0; i < items.size() && i < kShownElements; ++i) {
    out << (i == 0 ? "" : ",") << items[i];
  }
  out << (items.size() > kShownElements ? ",...]" : "]");
}

void write_constant(std::ostream& out, const Constant& constant) {
  out << to_string(constant.dtype()) << ' ' << to_string(constant.shape());
  if (constant.size() > kShownElements) return;
  out << ' ';
  if (is_floating(constant.dtype())) {
    write_list(out, constant.floats());
  } else {
    write_list(out, constant.ints());
  }
}

struct AttributeWriter {
  std::ostream& out;

  void operator()(std::int64_t value) const { out << value; }
  void operator()(float value) const { out << value; }
  void operator()(const std::string& value) const { out << '"' << value << '"'; }
  void operator()(const Constant& value) const { write_constant(out, value); }
  template <typename T>
  void operator()(const std::vector<T>& value) const {
    write_list(out, value);
  }
};

void write_value(std::ostream& out, const Graph& graph, ValueId id) {
  if (id == kNoValue) {
    out << '_';
    return;
  }
  const Value& value = graph.value(id);
  out << (value.name.empty() ? "%" + std::to_string(id) : value.name);
  if (value.constant) {
    out << ":{";
    write_constant(out, *value.constant);
    out << '}';
    return;
  }
  if (!value.shape) return;
  out << ':' << to_string(*value.shape);
  if (value.layout == Layout::ChannelsLast) out << " nhwc";
}

void write_values(std::ostream& out, const Graph& graph, const std::vector<ValueId>& ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) out << ", ";
    write_value(out, graph, ids[i]);
  }
}

void write_node(std::ostream& out, const Graph& graph, const Node& node) {
  write_values(out, graph, node.outputs);
  out << " = " << (node.domain.empty() ? "" : node.domain + ".") << node.op_type << '(';
  write_values(out, graph, node.inputs);
  out << ')';
  for (const auto& [key, attribute] : node.attributes) {
    out << ' ' << key << '=';
    std::visit(AttributeWriter{out}, attribute);
  }
  out << '\n';
}

}  // namespace

std::string dump(const Graph& graph) {
  std::ostringstream out;
  out << "inputs ";
  write_values(out, graph, graph.inputs);
  out << '\n';
  for (const Node& node : graph.nodes) write_node(out, graph, node);
  out << "outputs ";
  write_values(out, graph, graph.outputs);
  out << '\n';
  return out.str();
}

}  // namespace relcam
