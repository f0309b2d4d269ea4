#include "composites/attention_lrp.h"
#include "composites/roster.h"
#include "rules/taylor.h"

namespace relcam {

namespace {

Composite make(const Parameters& parameters) {
  const std::shared_ptr<const Rule> taylor = make_taylor_rule({});
  return {.name = "attn-lrp",
          .rows = with_attention_lrp_rows(
              {{is_attention_softmax, taylor}, {is_product, taylor}, {of_kind(Kind::Gate), taylor}},
              parameters)};
}

}  // namespace

CompositeEntry attn_lrp_composite() {
  return {.name = "attn-lrp",
          .summary =
              "as cp-lrp, but through the softmax by its first-order expansion, and half to each "
              "of two multiplied values",
          .paper =
              "Achtibat et al., AttnLRP: Attention-Aware Layer-Wise Relevance Propagation for "
              "Transformers, ICML 2024",
          .parameters = attention_lrp_parameters(),
          .make = make};
}

}  // namespace relcam
