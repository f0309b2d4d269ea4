#pragma once

#include <cstddef>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/byte_view.h"

namespace relcam {

/// The file's bytes, owned by the view. Throws std::runtime_error naming the file.
inline ByteView read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error(path + " cannot be read");
  const auto bytes =
      std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
  return {.bytes = *bytes, .owner = bytes};
}

}  // namespace relcam
