#include "onnx/graph_proto.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "graph/branch.h"
#include "onnx/input_shape.h"
#include "onnx/node_proto.h"

namespace relcam {
namespace {

/// Far above any network: these bound what a small hostile file can claim.
constexpr std::size_t kMaxNodes = 250'000;
constexpr std::size_t kMaxRepeatedBytes = std::size_t{1} << 28U;
constexpr std::size_t kMaxNesting = 64;

[[noreturn]] void fail(const std::string& message, const std::string& culprit = {}) {
  throw Error(ErrorCode::InvalidModel, message, culprit);
}

/// A tensor's name in one scope.
struct Binding {
  ValueId id = kNoValue;
  bool is_given = false;  ///< an input of a function: its body may not compute it
};

/// The names that one graph, function body or branch sees. Names are views into the file.
struct Scope {
  std::unordered_map<std::string_view, Binding> names;
  Scope* outer = nullptr;                  ///< of a branch, which sees these names too
  std::string prefix;                      ///< of names in the flat graph; empty in the main graph
  FunctionMessage* function = nullptr;     ///< whose body it is in; null in the main graph
  const Attributes* parameters = nullptr;  ///< that the function was called with
  std::int64_t branch = -1;                ///< of an If, or -1
  std::size_t depth = 0;
};

std::size_t bytes_of(const Attribute& attribute) {
  return std::visit(
      [](const auto& value) -> std::size_t {
        std::size_t bytes = 0;
        if constexpr (requires { value.size(); } && !requires { value.bytes(); }) {
          bytes += value.size() * sizeof(value[0]);
          if constexpr (requires { value[0].size(); }) {
            for (const auto& text : value) bytes += text.size();
          }
        }
        return bytes;
      },
      attribute);
}

class GraphReader {
 public:
  GraphReader(std::int64_t opset, FunctionTable& functions, const TensorSources& sources,
              const ImportOptions& options)
      : functions_(functions), sources_(sources), options_(options) {
    graph_.opset = opset;
  }

  Graph read(protozero::data_view message) {
    for_each_message(message, GraphField::Name,
                     [this](protozero::data_view name) { graph_.name = to_string_view(name); });
    read_initializers(message, main_);
    read_inputs(message);
    read_nodes(message, main_);
    read_outputs(message);
    make_names_unique();
    sort_topologically(graph_);
    return std::move(graph_);
  }

 private:
  void read_initializers(protozero::data_view message, Scope& scope) {
    for_each_message(message, GraphField::SparseInitializer, [](protozero::data_view) {
      throw Error(ErrorCode::UnsupportedOperator,
                  "the model holds sparse tensors: export it with dense weights");
    });
    for_each_message(
        message, GraphField::Initializer, [this, &scope](protozero::data_view tensor_message) {
          NamedConstant tensor = read_tensor(tensor_message, sources_);
          give_constant(defined(scope, name_in_file(tensor_message)), std::move(tensor.value));
        });
  }

  /// Not NamedConstant's, which does not outlive the call.
  static std::string_view name_in_file(protozero::data_view tensor) {
    std::string_view name;
    for_each_message(tensor, TensorField::Name,
                     [&name](protozero::data_view view) { name = to_string_view(view); });
    return name;
  }

  void read_inputs(protozero::data_view message) {
    std::vector<DeclaredValue> inputs;
    std::vector<std::string_view> names;
    for_each_message(message, GraphField::Input, [&](protozero::data_view input_message) {
      DeclaredValue input = read_declared_value(input_message);
      const auto known = main_.names.find(input.name);
      if (known != main_.names.end() && graph_.value(known->second.id).constant) return;
      inputs.push_back(std::move(input));
      names.push_back(declared_name(input_message));
    });
    check_options_name_inputs(options_, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ValueId id = defined(main_, names[i]);
      graph_.value(id) = complete_input(inputs[i], options_);
      graph_.inputs.push_back(id);
    }
  }

  static std::string_view declared_name(protozero::data_view value) {
    std::string_view name;
    for_each_message(value, ValueInfoField::Name,
                     [&name](protozero::data_view view) { name = to_string_view(view); });
    return name;
  }

  void read_nodes(protozero::data_view message, Scope& scope) {
    for_each_message(message, GraphField::NodeMessage,
                     [this, &scope](protozero::data_view node) { add_node(node, scope); });
  }

  void read_outputs(protozero::data_view message) {
    for_each_message(message, GraphField::Output, [this](protozero::data_view output) {
      const std::string_view name = declared_name(output);
      const auto found = main_.names.find(name);
      if (found == main_.names.end() || !is_defined(found->second.id)) {
        const std::string text(name);
        fail("nothing in the model computes its output '" + text + "'", text);
      }
      graph_.outputs.push_back(found->second.id);
    });
    if (graph_.outputs.empty()) fail("the model has no outputs");
  }

  void add_node(protozero::data_view message, Scope& scope) {
    if (++nodes_ > kMaxNodes) fail("the model has more than 250,000 nodes");
    const NodeMessage node = read_node(message);
    if (FunctionMessage* function = functions_.find(node))
      return inline_call(*function, node, scope);
    const bool is_own = node.domain.empty();
    if (is_own && node.op_type == "If") return inline_branches(node, scope);
    if (is_own && scope.function != nullptr) {
      check_same_form(*scope.function, node.op_type, graph_.opset);
    }
    Node added = started(node, scope);
    added.attributes = read_attributes(node, sources_, scope.parameters);
    if (scope.parameters != nullptr) {
      for (const auto& [name, attribute] : added.attributes) spend(bytes_of(attribute));
    }
    for (const std::string_view name : node.inputs) added.inputs.push_back(used(scope, name));
    for (const std::string_view name : node.outputs) {
      added.outputs.push_back(name.empty() ? kNoValue : defined(scope, name));
    }
    if (is_own && node.op_type == "Constant") {
      if (added.outputs.size() != 1 || added.outputs[0] == kNoValue) {
        fail("Constant node '" + added.name + "' should have one output", added.name);
      }
      return give_constant(added.outputs[0], constant_of(added));
    }
    push(std::move(added), scope);
  }

  Node started(const NodeMessage& node, const Scope& scope) {
    Node result;
    result.name = scope.prefix + std::string(node.name);
    result.op_type = node.op_type;
    result.domain = node.domain;
    if (!scope.prefix.empty()) spend(result.name.size());
    return result;
  }

  void push(Node node, const Scope& scope) {
    if (scope.branch >= 0) node.attributes.insert_or_assign(kBranch, Attribute{scope.branch});
    graph_.nodes.push_back(std::move(node));
  }

  void push_identity(const std::string& name, ValueId from, ValueId to, const Scope& scope) {
    Node node;
    node.name = name;
    node.op_type = "Identity";
    node.inputs = {from};
    node.outputs = {to};
    push(std::move(node), scope);
  }

  /// A scope within `outer`, for the body of the node's function or branch.
  static Scope inner_scope(const NodeMessage& node, Scope& outer) {
    Scope scope;
    scope.depth = outer.depth + 1;
    scope.prefix = outer.prefix + std::string(node.name) + "/";
    for (const std::string_view output : node.outputs) {
      if (output.empty()) continue;
      scope.prefix = outer.prefix + std::string(output) + "/";
      break;
    }
    scope.function = outer.function;
    scope.parameters = outer.parameters;
    scope.branch = outer.branch;
    if (scope.depth <= kMaxNesting) return scope;
    const std::string name(node.name);
    fail(std::string(node.op_type) + " node '" + name +
             "': functions and branches are nested more than 64 deep",
         name);
  }

  void inline_call(FunctionMessage& function, const NodeMessage& call, Scope& outer) {
    if (function.is_open) fail("the function '" + function.name + "' calls itself", function.name);
    if (call.inputs.size() > function.inputs.size() ||
        call.outputs.size() > function.outputs.size()) {
      const std::string name(call.name);
      fail("node '" + name + "' calls the function '" + function.name +
               "' with more inputs or outputs than it has",
           name);
    }
    Attributes parameters = read_attributes(call, sources_, outer.parameters);
    add_defaults(function.defaults, sources_, parameters);
    for (const auto& [name, attribute] : parameters) spend(bytes_of(attribute));
    Scope body = inner_scope(call, outer);
    body.function = &function;
    body.parameters = &parameters;
    for (std::size_t i = 0; i < function.inputs.size(); ++i) {
      const ValueId id = i < call.inputs.size() ? used(outer, call.inputs[i]) : kNoValue;
      if (!body.names.emplace(function.inputs[i], Binding{id, true}).second) {
        fail("the function '" + function.name + "' has two inputs of one name", function.name);
      }
    }
    const std::vector<ValueId> outputs = bind_outputs(function, call, outer, body);
    read_body(function, body);
    for (const ValueId id : outputs) {
      if (is_defined(id)) continue;
      fail("the function '" + function.name + "' does not compute all of its outputs",
           function.name);
    }
  }

  /// The call's outputs are what the body computes under the function's names for them.
  std::vector<ValueId> bind_outputs(const FunctionMessage& function, const NodeMessage& call,
                                    Scope& outer, Scope& body) {
    std::vector<ValueId> outputs;
    for (std::size_t i = 0; i < call.outputs.size(); ++i) {
      if (call.outputs[i].empty()) continue;
      const auto [bound, is_new] = body.names.try_emplace(function.outputs[i]);
      if (is_new) {
        bound->second.id = used(outer, call.outputs[i]);
        if (is_defined(bound->second.id)) refuse_second_definition(call.outputs[i]);
        outputs.push_back(bound->second.id);
      } else {
        // An input, or another output, under a second name.
        push_identity(std::string(call.name), bound->second.id, defined(outer, call.outputs[i]),
                      outer);
      }
    }
    return outputs;
  }

  void read_body(FunctionMessage& function, Scope& body) {
    const bool is_repeated = std::exchange(function.is_used, true);
    function.is_open = true;
    for (const protozero::data_view node : function.nodes) {
      if (is_repeated) spend(node.size());
      add_node(node, body);
    }
    function.is_open = false;
  }

  void inline_branches(const NodeMessage& node, Scope& scope) {
    Node added = started(node, scope);
    for (const std::string_view name : node.inputs) added.inputs.push_back(used(scope, name));
    for (const char* side : {kThenBranch, kElseBranch}) {
      const std::optional<protozero::data_view> graph = subgraph_of(node, side);
      if (!graph || node.inputs.size() != 1) {
        fail("If node '" + added.name + "' needs one condition and two branches", added.name);
      }
      const std::int64_t number = ++branches_;
      const std::vector<ValueId> outputs = read_branch(*graph, number, node, scope);
      if (outputs.size() != node.outputs.size()) {
        fail("If node '" + added.name + "' has another number of outputs than its branches",
             added.name);
      }
      added.inputs.insert(added.inputs.end(), outputs.begin(), outputs.end());
      added.attributes.emplace(side, Attribute{number});
    }
    for (const std::string_view name : node.outputs) {
      added.outputs.push_back(name.empty() ? kNoValue : defined(scope, name));
    }
    push(std::move(added), scope);
  }

  /// The branch's outputs.
  std::vector<ValueId> read_branch(protozero::data_view message, std::int64_t number,
                                   const NodeMessage& node, Scope& outer) {
    Scope scope = inner_scope(node, outer);
    scope.outer = &outer;
    scope.branch = number;
    // What the branch computes itself hides names outside, wherever it stands in the file.
    for_each_message(message, GraphField::NodeMessage, [&](protozero::data_view inner) {
      for_each_message(inner, NodeField::Output, [&](protozero::data_view view) {
        if (view.size() > 0) (void)own(scope, to_string_view(view));
      });
    });
    read_initializers(message, scope);
    read_nodes(message, scope);
    std::vector<ValueId> outputs;
    for_each_message(message, GraphField::Output, [&](protozero::data_view output) {
      outputs.push_back(used(scope, declared_name(output)));
    });
    return outputs;
  }

  /// The value that the name stands for in a scope or around it.
  ValueId used(Scope& scope, std::string_view name) {
    if (name.empty()) return kNoValue;
    Scope* holder = &scope;
    while (holder->outer != nullptr && !holder->names.contains(name)) holder = holder->outer;
    return own(*holder, name).id;
  }

  /// The scope's own value of that name.
  Binding& own(Scope& scope, std::string_view name) {
    const auto [bound, is_new] = scope.names.try_emplace(name);
    if (is_new) {
      Value value;
      value.name = scope.prefix + std::string(name);
      if (!scope.prefix.empty()) spend(value.name.size());
      bound->second.id = graph_.add_value(std::move(value));
      is_defined_.push_back(false);
      if (!scope.prefix.empty()) inner_values_.push_back(bound->second.id);
    }
    return bound->second;
  }

  /// The value of that name, which must not have been given or computed before.
  ValueId defined(Scope& scope, std::string_view name) {
    if (name.empty()) fail("the model has an input or initializer without a name");
    const Binding& bound = own(scope, name);
    if (bound.is_given || is_defined(bound.id)) refuse_second_definition(name);
    is_defined_[static_cast<std::size_t>(bound.id)] = true;
    return bound.id;
  }

  [[noreturn]] static void refuse_second_definition(std::string_view name) {
    const std::string text(name);
    fail("the tensor '" + text + "' is defined twice", text);
  }

  bool is_defined(ValueId id) const { return is_defined_[static_cast<std::size_t>(id)]; }

  void give_constant(ValueId id, Constant constant) {
    Value& value = graph_.value(id);
    value.shape = constant.shape();
    value.dtype = constant.dtype();
    value.constant = std::move(constant);
  }

  void spend(std::size_t bytes) {
    if (bytes > repeatable_) fail("the model's functions grow to more than 256 MB when called");
    repeatable_ -= bytes;
  }

  /// Tensors of the main graph keep their names.
  void make_names_unique() {
    std::unordered_set<std::string> taken;
    for (const ValueId id : inner_values_) {
      std::string& name = graph_.value(id).name;
      while (main_.names.contains(name) || !taken.insert(name).second) name += '_';
    }
  }

  FunctionTable& functions_;
  const TensorSources& sources_;
  const ImportOptions& options_;
  Graph graph_;
  Scope main_;
  std::vector<bool> is_defined_;
  std::vector<ValueId> inner_values_;
  std::size_t nodes_ = 0;
  std::size_t repeatable_ = kMaxRepeatedBytes;
  std::int64_t branches_ = 0;
};

}  // namespace

Graph read_graph(protozero::data_view message, std::int64_t opset, FunctionTable& functions,
                 const TensorSources& sources, const ImportOptions& options) {
  return GraphReader(opset, functions, sources, options).read(message);
}

}  // namespace relcam
