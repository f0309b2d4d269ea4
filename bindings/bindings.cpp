#include <emscripten/bind.h>

#include <string>

#include "base/version.h"
#include "buffer.h"
#include "convert.h"
#include "guard.h"
#include "model.h"
#include "session/catalog.h"

namespace relcam::bindings {
namespace {

std::string version_text() { return std::string(version()); }

}  // namespace

using emscripten::class_;
using emscripten::function;
using emscripten::register_optional;
using emscripten::register_type;
using emscripten::value_object;

EMSCRIPTEN_BINDINGS(plain_values) {
  register_type<ByteArray>("Uint8Array");
  register_type<std::vector<float>>("Float32Array");
  register_type<Shape>("number[]");
  register_type<std::vector<std::size_t>>("number[]");
  register_type<std::vector<std::string>>("string[]");
  register_type<std::map<std::string, std::string>>("Record<string, string>");
  register_type<std::map<std::string, std::int64_t>>("Record<string, number>");
  register_type<std::map<std::string, Shape>>("Record<string, number[]>");
  register_type<std::vector<TensorInfo>>("TensorInfo[]");
  register_type<std::vector<LayerInfo>>("LayerInfo[]");
  register_type<std::vector<BatchNormNote>>("BatchNormInfo[]");
  register_type<std::vector<ResultArray>>("ResultArray[]");
  register_type<std::vector<LedgerEntry>>("LedgerEntry[]");
  register_type<std::vector<Diagnosis>>("Diagnosis[]");
  register_type<std::vector<RuleRow>>("RuleRow[]");
}

EMSCRIPTEN_BINDINGS(records) {
  value_object<TensorInfo>("TensorInfo")
      .field("name", &TensorInfo::name)
      .field("shape", &TensorInfo::shape)
      .field("type", &TensorInfo::type);
  value_object<TokenInfo>("TokenInfo")
      .field("prefix", &TokenInfo::prefix)
      .field("rows", &TokenInfo::rows)
      .field("columns", &TokenInfo::columns);
  register_optional<TokenInfo>();
  value_object<LayerInfo>("LayerInfo")
      .field("name", &LayerInfo::name)
      .field("opType", &LayerInfo::op_type)
      .field("shape", &LayerInfo::shape)
      .field("macs", &get_number<&LayerInfo::macs>, &set_number<&LayerInfo::macs>)
      .field("parameters", &get_number<&LayerInfo::parameters>, &set_number<&LayerInfo::parameters>)
      .field("spatial", &LayerInfo::spatial)
      .field("stage", &LayerInfo::stage)
      .field("attention", &LayerInfo::attention)
      .field("tokens", &LayerInfo::tokens);
  value_object<BatchNormNote>("BatchNormInfo")
      .field("node", &BatchNormNote::node)
      .field("channels", &BatchNormNote::channels)
      .field("negativeScales", &BatchNormNote::negative_scales)
      .field("folded", &BatchNormNote::folded);
  value_object<ModelInfo>("ModelInfo")
      .field("name", &ModelInfo::name)
      .field("opset", &get_number<&ModelInfo::opset>, &set_number<&ModelInfo::opset>)
      .field("inputs", &ModelInfo::inputs)
      .field("outputs", &ModelInfo::outputs)
      .field("logits", &ModelInfo::logits)
      .field("classes", &ModelInfo::classes)
      .field("layers", &ModelInfo::layers)
      .field("batchNorms", &ModelInfo::batch_norms)
      .field("metadata", &ModelInfo::metadata);
  value_object<ModelOptions>("ModelOptions")
      .field("dimensions", &ModelOptions::dimensions)
      .field("inputShapes", &ModelOptions::input_shapes)
      .field("imageInput", &ModelOptions::image_input)
      .field("imageSize", &ModelOptions::image_size)
      .field("foldBatchNorm", &ModelOptions::fold_batch_norm)
      .field("threads", &ModelOptions::threads);
  value_object<PreprocessSettings>("PreprocessSettings")
      .field("preset", &PreprocessSettings::preset)
      .field("divisor", &PreprocessSettings::divisor)
      .field("mean", &PreprocessSettings::mean)
      .field("std", &PreprocessSettings::std)
      .field("channels", &PreprocessSettings::channels)
      .field("resize", &PreprocessSettings::resize)
      .field("shorterSide", &PreprocessSettings::shorter_side)
      .field("interpolation", &PreprocessSettings::interpolation);
  value_object<SourceRect>("Region")
      .field("x", &SourceRect::left)
      .field("y", &SourceRect::top)
      .field("width", &SourceRect::width)
      .field("height", &SourceRect::height);
  value_object<TensorValue>("TensorValue")
      .field("name", &TensorValue::name)
      .field("shape", &TensorValue::shape)
      .field("data", &TensorValue::data);
  value_object<RuleRow>("RuleRow")
      .field("opType", &RuleRow::op_type)
      .field("tensor", &RuleRow::tensor)
      .field("position", &RuleRow::position)
      .field("rule", &RuleRow::rule)
      .field("parameters", &RuleRow::parameters);
  value_object<ExplainRequest>("ExplainRequest")
      .field("method", &ExplainRequest::method)
      .field("layers", &ExplainRequest::layers)
      .field("targets", &ExplainRequest::targets)
      .field("output", &ExplainRequest::output)
      .field("seed", &ExplainRequest::seed)
      .field("start", &ExplainRequest::start)
      .field("composite", &ExplainRequest::composite)
      .field("rules", &ExplainRequest::rules)
      .field("parameters", &ExplainRequest::parameters)
      .field("emit", &ExplainRequest::emit)
      .field("fusion", &ExplainRequest::fusion)
      .field("evidence", &ExplainRequest::evidence)
      .field("ledger", &ExplainRequest::ledger);
  value_object<ResultArray>("ResultArray")
      .field("method", &ResultArray::method)
      .field("layer", &ResultArray::layer)
      .field("kind", &ResultArray::kind)
      .field("target", &get_number<&ResultArray::target>, &set_number<&ResultArray::target>)
      .field("start", &ResultArray::start)
      .field("composite", &ResultArray::composite)
      .field("shape", &ResultArray::shape)
      .field("data", &ResultArray::data);
  value_object<LedgerEntry>("LedgerEntry")
      .field("target", &get_number<&LedgerEntry::target>, &set_number<&LedgerEntry::target>)
      .field("node", &LedgerEntry::node)
      .field("opType", &LedgerEntry::op_type)
      .field("rule", &LedgerEntry::rule)
      .field("received", &LedgerEntry::received)
      .field("sent", &LedgerEntry::sent)
      .field("zeros", &LedgerEntry::zeros)
      .field("bias", &LedgerEntry::bias)
      .field("epsilon", &LedgerEntry::epsilon)
      .field("padding", &LedgerEntry::padding)
      .field("aside", &LedgerEntry::aside)
      .field("other", &LedgerEntry::other);
  value_object<Diagnosis>("Diagnosis")
      .field("code", &Diagnosis::code)
      .field("layer", &Diagnosis::layer)
      .field("message", &Diagnosis::message)
      .field("target", &get_number<&Diagnosis::target>, &set_number<&Diagnosis::target>);
  value_object<Explanation>("Explanation")
      .field("targets", &Explanation::targets)
      .field("logits", &Explanation::logits)
      .field("results", &Explanation::results)
      .field("ledger", &Explanation::ledger)
      .field("diagnoses", &Explanation::diagnoses)
      .field("reusedForward", &Explanation::reused_forward)
      .field("forwardMilliseconds", &Explanation::forward_milliseconds)
      .field("backwardMilliseconds", &Explanation::backward_milliseconds);
  value_object<Progress>("Progress")
      .field("phase", &Progress::phase)
      .field("done", &Progress::done)
      .field("total", &Progress::total);
}

EMSCRIPTEN_BINDINGS(catalog) {
  emscripten::register_optional<double>();
  register_type<std::vector<CatalogParameter>>("CatalogParameter[]");
  register_type<std::vector<CatalogEntry>>("CatalogEntry[]");
  register_type<std::vector<CatalogMethod>>("CatalogMethod[]");
  value_object<CatalogParameter>("CatalogParameter")
      .field("name", &CatalogParameter::name)
      .field("type", &CatalogParameter::type)
      .field("fallback", &CatalogParameter::fallback)
      .field("least", &CatalogParameter::least)
      .field("most", &CatalogParameter::most)
      .field("choices", &CatalogParameter::choices)
      .field("summary", &CatalogParameter::summary);
  value_object<CatalogEntry>("CatalogEntry")
      .field("name", &CatalogEntry::name)
      .field("summary", &CatalogEntry::summary)
      .field("paper", &CatalogEntry::paper)
      .field("parameters", &CatalogEntry::parameters);
  value_object<CatalogMethod>("CatalogMethod")
      .field("name", &CatalogMethod::name)
      .field("summary", &CatalogMethod::summary)
      .field("paper", &CatalogMethod::paper)
      .field("parameters", &CatalogMethod::parameters)
      .field("family", &CatalogMethod::family)
      .field("signal", &CatalogMethod::signal)
      .field("start", &CatalogMethod::start)
      .field("composite", &CatalogMethod::composite)
      .field("layer", &CatalogMethod::layer)
      .field("fusion", &CatalogMethod::fusion)
      .field("kinds", &CatalogMethod::kinds);
  value_object<Catalog>("Catalog")
      .field("methods", &Catalog::methods)
      .field("starts", &Catalog::starts)
      .field("composites", &Catalog::composites)
      .field("rules", &Catalog::rules);
  function("catalog", guard<&catalog>);
}

EMSCRIPTEN_BINDINGS(relevance_cam) {
  class_<Buffer>("Buffer")
      .class_function("make", guard<&Buffer::make>)
      .function("view", guard<&Buffer::view>);
  class_<Weights>("Weights")
      .class_function("make", guard<&Weights::make>)
      .function("view", guard<&Weights::view>);
  class_<ModelFiles>("ModelFiles")
      .class_function("make", guard<&ModelFiles::make>)
      .function("addWeights", guard<&ModelFiles::add_weights>)
      .function("addExternalData", guard<&ModelFiles::add_external_data>);
  class_<Model>("Model")
      .class_function("load", guard<&Model::load>,
                      emscripten::return_value_policy::take_ownership())
      .function("info", guard<&Model::info>)
      .function("setImage", guard<&Model::set_image>)
      .function("setFirstInput", guard<&Model::set_first_input>)
      .function("setInput", guard<&Model::set_input>)
      .function("forgetInput", guard<&Model::forget_input>)
      .function("startForward", guard<&Model::start_forward>)
      .function("startExplain", guard<&Model::start_explain>)
      .function("runFor", guard<&Model::run_for>)
      .function("progress", guard<&Model::progress>)
      .function("cancel", guard<&Model::cancel>)
      .function("logits", guard<&Model::logits>)
      .function("output", guard<&Model::output>)
      .function("explanation", guard<&Model::explanation>,
                emscripten::return_value_policy::take_ownership());
  function("checkPreprocess", guard<&check_preprocess>);
  function("readTensor", guard<&read_tensor>);
  function("memorySize", guard<&memory_size>);
  function("version", guard<&version_text>);
}

}  // namespace relcam::bindings
