#include "relevance/sweep.h"

#include <algorithm>

#include "base/short_step.h"
#include "kernels/shares.h"
#include "rules/share.h"

namespace relcam {

namespace {

/// Looks no further than the first element that is not 0, mostly the very first.
bool any_relevance(ConstBuffers buffers) {
  return std::ranges::any_of(buffers, [](std::span<const float> buffer) {
    return std::ranges::any_of(buffer, [](float value) { return value != 0.0F; });
  });
}

/// One step of the work that `start` begins; false when it is done: at once, by `do_at_once`, where
/// there is no such work.
bool advance(std::unique_ptr<RuleWork>& work, const RuleNode& node,
             FunctionRef<std::unique_ptr<RuleWork>()> start, FunctionRef<void()> do_at_once) {
  if (!work) work = start();
  if (!work) {
    do_at_once();
    return false;
  }
  if (work->step(node)) return true;
  work.reset();
  return false;
}

}  // namespace

Denomination::Denomination(const Binding& binding, const ForwardPass& forward,
                           const PixelBounds& pixels)
    : binding_(&binding), forward_(&forward), pixels_(&pixels), nodes_(binding.nodes().size()) {}

PixelBounds Denomination::bounds_of(const BoundNode& bound) const {
  const Program& program = binding_->program();
  const ValueId input = program.node(bound.node).inputs.front();
  const auto channels = static_cast<std::size_t>(program.graph().value(input).shape->back());
  const bool known = pixels_->low.size() == channels && pixels_->high.size() == channels;
  const std::vector<ValueId>& inputs = program.graph().inputs;
  const bool is_image = !inputs.empty() && input == inputs.front();
  if (binding_->composite().pixel_bounds && is_image && known) return *pixels_;
  const auto [low, high] = std::ranges::minmax(forward_->value(input));
  return {.low = {low}, .high = {high}};
}

void Denomination::with_node(std::size_t bound_index,
                             FunctionRef<void(const RuleNode&)> use) const {
  const BoundNode& bound = binding_->nodes()[bound_index];
  const Program& program = binding_->program();
  const Node& node = program.node(bound.node);
  const auto values = [&](const std::vector<ValueId>& ids, bool read) {
    std::vector<std::span<const float>> result;
    for (const ValueId id : ids) {
      const bool live = read && id != kNoValue && program.is_live(id);
      result.push_back(live ? forward_->value(id) : std::span<const float>{});
    }
    return result;
  };
  const auto inputs = values(node.inputs, bound.reads.inputs);
  const auto outputs = values(node.outputs, bound.reads.outputs);
  const PixelBounds& bounds = nodes_[bound_index].bounds;
  use({.operation = program.prepared(bound.node).operation.get(),
       .pool = program.pool(),
       .inputs = inputs,
       .outputs = outputs,
       .input_sizes = bound.input_sizes,
       .output_size = bound.output_size,
       .non_negative = bound.non_negative,
       .wanted = bound.wanted,
       .low = bounds.low,
       .high = bounds.high});
}

bool Denomination::step(std::size_t bound_index) {
  PerNode& own = nodes_[bound_index];
  if (own.done) return false;
  const BoundNode& bound = binding_->nodes()[bound_index];
  if (!own.work && bound.reads.bounds) own.bounds = bounds_of(bound);
  with_node(bound_index, [&](const RuleNode& node) {
    own.done = !advance(
        own.work, node, [&] { return bound.rule->start_denominators(node, own.denominators); },
        [&] { own.denominators = bound.rule->denominators(node); });
  });
  return true;
}

Sweep::Sweep(Denomination& denomination, const std::vector<std::vector<float>>& seeds)
    : denomination_(&denomination),
      count_(seeds.size()),
      accounts_(seeds.size()),
      vanished_(seeds.size()) {
  const std::size_t classes = seeds.front().size();
  Buffer stacked(count_ * classes);
  for (std::size_t k = 0; k < count_; ++k) {
    std::ranges::copy(seeds[k], stacked.floats().subspan(k * classes).begin());
  }
  relevance_.emplace(denomination.binding().start(), std::move(stacked));
}

void Sweep::deliver(ValueId value, Buffer relevance) {
  const auto [found, inserted] = relevance_.try_emplace(value, Buffer());
  if (inserted) {
    found->second = std::move(relevance);
    return;
  }
  accumulate(relevance.floats(), found->second.floats(), denomination_->binding().program().pool());
}

/// Moves the relevance of an output that nobody asked for to the input, where the rule leaves it
/// as it is; false where it does not.
bool Sweep::hand_on() {
  const BoundNode& bound = this->bound();
  const Node& node = this->node();
  const bool one_to_one = bound.rule->passes() && node.outputs.size() == 1 &&
                          std::ranges::count(bound.wanted, 1) == 1 && bound.wanted.front() == 1 &&
                          bound.input_sizes.front() == bound.output_size;
  if (!one_to_one) return false;
  const auto found = relevance_.find(node.outputs.front());
  const auto& layers = denomination_->binding().layers();
  if (found == relevance_.end() || std::ranges::find(layers, found->first) != layers.end()) {
    return false;
  }
  Buffer relevance = std::move(found->second);
  relevance_.erase(found);
  if (account_stride_ != 0) book_passed(relevance.floats());
  deliver(node.inputs.front(), std::move(relevance));
  return true;
}

void Sweep::forget(const Node& node) {
  const auto& layers = denomination_->binding().layers();
  for (const ValueId output : node.outputs) {
    if (std::ranges::find(layers, output) == layers.end()) relevance_.erase(output);
  }
}

void Sweep::note_vanished(ConstBuffers outgoing, ConstBuffers incoming) {
  for (std::size_t k = 0; k < count_; ++k) {
    if (any_relevance(sample_of(incoming, count_, k)) ||
        !any_relevance(sample_of(outgoing, count_, k))) {
      continue;
    }
    vanished_[k].push_back(next_);
  }
}

void Sweep::book_passed(std::span<const float> relevance) {
  for (std::size_t k = 0; k < count_; k += account_stride_) {
    const double sum = total_of(slice(relevance, count_, k));
    accounts_[k].push_back({.bound = next_, .received = sum, .sent = sum});
  }
}

void Sweep::book(ConstBuffers outgoing, ConstBuffers incoming) {
  for (std::size_t k = 0; k < count_; k += account_stride_) {
    NodeAccount account{.bound = next_};
    const auto received = sample_of(outgoing, count_, k);
    for (const auto& relevance : received) account.received += total_of(relevance);
    for (std::size_t i = 0; i < incoming.size(); ++i) {
      (bound().wanted[i] != 0 ? account.sent : account.aside) +=
          total_of(slice(incoming[i], count_, k));
    }
    denomination_->with_node(next_, [&](RuleNode node) {
      node.wanted = visit_->served;
      account.losses = bound().rule->losses(node, denomination_->of(next_), received);
    });
    accounts_[k].push_back(account);
  }
}

void Sweep::step() {
  if (visit_ || begin_node()) {
    if (denomination_->step(next_) || propagate()) return;
    end_node();
  }
  ++next_;
  if (!finished()) return;
  const Binding& binding = denomination_->binding();
  for (const ValueId layer : binding.layers()) {
    if (!relevance_.contains(layer)) {
      relevance_.emplace(layer, filled(count_ * binding.program().value_size(layer), 0.0F));
    }
  }
}

/// As many as a short step can treat.
std::size_t Sweep::most_at_once() const {
  std::size_t elements = std::max<std::size_t>(bound().output_size, 1);
  for (const std::size_t size : bound().input_sizes) elements += size;
  std::size_t most = kStepElements / elements;
  LinearMap* map = denomination_->binding().program().prepared(bound().node).operation->linear();
  if (map != nullptr) most = std::min(most, map->most_stacked());
  return std::clamp<std::size_t>(most, 1, count_);
}

/// False where there is nothing to compute.
bool Sweep::begin_node() {
  if (hand_on()) return false;
  const bool accounts = account_stride_ != 0;
  const bool receives = std::ranges::any_of(
      node().outputs, [&](ValueId output) { return relevance_.contains(output); });
  if (!receives && !accounts) return false;

  // A ledger also wants to know what goes to inputs that lead to no asked-for layer.
  Visit& visit = visit_.emplace(
      Visit{.served = accounts ? bound().carries : bound().wanted, .most = most_at_once()});
  for (const ValueId output : node().outputs) {
    const auto found = relevance_.find(output);
    if (found != relevance_.end()) {
      visit.outgoing.push_back(found->second.floats());
      continue;
    }
    const std::size_t size =
        output == kNoValue ? 0 : denomination_->binding().program().value_size(output);
    visit.absent.push_back(filled(count_ * size, 0.0F));
    visit.outgoing.push_back(visit.absent.back().floats());
  }
  for (std::size_t i = 0; i < node().inputs.size(); ++i) {
    visit.incoming.emplace_back(visit.served[i] != 0 ? count_ * bound().input_sizes[i] : 0);
  }
  return true;
}

/// The part of the relevances, or samples, of the step.
template <typename T>
std::span<T> Sweep::some_of(std::span<T> stacked) const {
  const std::size_t size = stacked.size() / count_;
  return stacked.subspan(visit_->done * size, visit_->some * size);
}

void Sweep::choose_relevances() {
  Visit& visit = *visit_;
  visit.some = std::min(visit.most, count_ - visit.done);
  visit.some_outgoing.clear();
  visit.some_incoming.clear();
  for (const auto& relevance : visit.outgoing) visit.some_outgoing.push_back(some_of(relevance));
  for (Buffer& relevance : visit.incoming) {
    visit.some_incoming.push_back(some_of(relevance.floats()));
  }
}

/// Forward values for the relevances of the step: stacked samples have a relevance each.
std::vector<std::span<const float>> Sweep::values_of(const std::vector<ValueId>& ids,
                                                     ConstBuffers values) const {
  std::vector<std::span<const float>> result(values.begin(), values.end());
  const Program& program = denomination_->binding().program();
  for (std::size_t i = 0; i < result.size(); ++i) {
    const bool stacked = !result[i].empty() && result[i].size() > program.value_size(ids[i]);
    if (stacked) result[i] = some_of(result[i]);
  }
  return result;
}

/// One step of the node under way; false when it is done.
bool Sweep::propagate() {
  Visit& visit = *visit_;
  if (!visit.work) choose_relevances();
  const Rule& rule = *bound().rule;
  Denominators& denominators = denomination_->of(next_);
  bool more = false;
  denomination_->with_node(next_, [&](RuleNode node) {
    const auto inputs = values_of(this->node().inputs, node.inputs);
    const auto outputs = values_of(this->node().outputs, node.outputs);
    node.inputs = inputs;
    node.outputs = outputs;
    node.wanted = visit.served;
    const auto start = [&]() -> std::unique_ptr<RuleWork> {
      if (visit.most > 1) return nullptr;
      return rule.start_propagation(node, denominators, visit.some_outgoing, visit.some_incoming);
    };
    more = advance(visit.work, node, start, [&] {
      rule.propagate(node, denominators, visit.some_outgoing, visit.some, visit.some_incoming);
    });
  });
  if (more) return true;
  visit.done += visit.some;
  return visit.done < count_;
}

void Sweep::end_node() {
  Visit& visit = *visit_;
  std::vector<std::span<const float>> results;
  for (const Buffer& relevance : visit.incoming) results.push_back(relevance.floats());
  if (account_stride_ != 0) book(visit.outgoing, results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (bound().wanted[i] == 0) results[i] = {};
  }
  note_vanished(visit.outgoing, results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    // Where nothing arrives, as below a softmax taken for a constant, nothing is computed.
    if (any_relevance({&results[i], 1})) deliver(node().inputs[i], std::move(visit.incoming[i]));
  }
  forget(node());
  visit_.reset();
}

std::span<const float> Sweep::relevance(ValueId layer) const {
  return relevance_.at(layer).floats();
}

}  // namespace relcam
