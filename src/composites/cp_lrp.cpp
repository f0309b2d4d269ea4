#include "composites/attention_lrp.h"
#include "composites/roster.h"
#include "composites/structure.h"

namespace relcam {

namespace {

Composite make(const Parameters& parameters) {
  return {.name = "cp-lrp", .rows = with_attention_lrp_rows(attention_rows({}), parameters)};
}

}  // namespace

CompositeEntry cp_lrp_composite() {
  return {.name = "cp-lrp",
          .summary =
              "for transformers: softmax and deviations are constants, attention's relevance goes "
              "to the values, gamma at linear layers",
          .paper =
              "Ali et al., XAI for Transformers: Better Explanations through Conservative "
              "Propagation, ICML 2022; with gamma as in LXT",
          .parameters = attention_lrp_parameters(),
          .make = make};
}

}  // namespace relcam
