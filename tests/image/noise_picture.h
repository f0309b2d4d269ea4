#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/image.h"
#include "support/test_data.h"

namespace relcam {

/// Byte i is the top byte of i * 2654435761 modulo 2^32, as in data/image/make_golden.py.
inline std::vector<std::uint8_t> noise(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::uint8_t>((static_cast<std::uint32_t>(i) * 2654435761U) >> 24U);
  }
  return bytes;
}

/// An RGBA picture that owns its bytes.
struct Picture {
  ImageSize size;
  std::vector<std::uint8_t> rgba;

  ImageView view() const { return {rgba, size}; }
};

inline std::size_t pixel_count(ImageSize size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

inline Picture noise_picture(ImageSize size) { return {size, noise(pixel_count(size) * 4)}; }

inline Picture plain_picture(ImageSize size, std::uint8_t red, std::uint8_t green,
                             std::uint8_t blue) {
  Picture picture{size, {}};
  for (std::size_t i = 0; i < pixel_count(size); ++i) {
    picture.rgba.insert(picture.rgba.end(), {red, green, blue, 255});
  }
  return picture;
}

/// The numbers of a text file in tests/data/image.
inline std::vector<float> golden(const std::string& name) {
  std::ifstream file(testing::test_data() / "image" / (name + ".txt"));
  if (!file) throw std::runtime_error("cannot open the golden file " + name);
  std::vector<float> numbers;
  for (float number = 0.0F; file >> number;) numbers.push_back(number);
  return numbers;
}

}  // namespace relcam
