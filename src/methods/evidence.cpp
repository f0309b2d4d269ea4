#include "methods/evidence.h"

#include <algorithm>
#include <array>

#include "base/roster.h"
#include "methods/finish.h"

namespace relcam {

namespace {

struct NamedEvidence {
  std::string_view name;
  Evidence evidence;
};

constexpr std::array kEvidence = {NamedEvidence{"positive", Evidence::Positive},
                                  NamedEvidence{"negative", Evidence::Negative},
                                  NamedEvidence{"signed", Evidence::Signed}};

}  // namespace

Evidence find_evidence(std::string_view name) {
  if (name.empty()) return Evidence::Own;
  return find_entry(std::span<const NamedEvidence>(kEvidence), "evidence", name).evidence;
}

std::vector<float> evidence_of(std::span<const float> map, Evidence evidence) {
  std::vector<float> result(map.begin(), map.end());
  for (float& value : result) {
    if (evidence == Evidence::Positive) value = std::max(value, 0.0F);
    if (evidence == Evidence::Negative) value = std::max(-value, 0.0F);
  }
  return result;
}

std::vector<float> resize_evidence(std::span<const float> map, ImageSize from, ImageSize to,
                                   Evidence evidence, bool rectify) {
  if (evidence == Evidence::Own) return resize_unit_map(map, from, to, rectify);
  if (evidence == Evidence::Signed) return resize_signed_map(map, from, to);
  return resize_unit_map(evidence_of(map, evidence), from, to, true);
}

void scale_evidence(std::span<float> map, Evidence evidence) {
  evidence == Evidence::Signed ? scale_by_magnitude(map) : scale_to_unit(map);
}

}  // namespace relcam
