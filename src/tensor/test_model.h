// For tests: models written as ONNX bytes, and the arrays and networks of the suites beside the project.
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tensor/onnx.h"

namespace duolex::tensor::testing {

inline std::string varint(std::uint64_t v) {
  std::string out;
  for (; v >= 128; v >>= 7) out.push_back(static_cast<char>((v & 127) | 128));
  return out + static_cast<char>(v);
}
inline std::string number_field(int field, std::uint64_t v) { return varint(static_cast<std::uint64_t>(field) << 3) + varint(v); }
inline std::string bytes_field(int field, const std::string& b) { return varint((static_cast<std::uint64_t>(field) << 3) | 2) + varint(b.size()) + b; }
inline std::string float_field(int field, float v) {
  const auto bits = std::bit_cast<std::uint32_t>(v);
  return varint((static_cast<std::uint64_t>(field) << 3) | 5) + std::string(reinterpret_cast<const char*>(&bits), 4);
}

inline std::string tensor_bytes(const std::string& name, const Tensor& t) {
  std::string out;
  for (const std::int64_t d : t.shape) out += number_field(1, static_cast<std::uint64_t>(d));
  return out + number_field(2, static_cast<std::uint64_t>(t.type)) + bytes_field(8, name) + bytes_field(9, t.bytes);
}
inline std::string attribute(const std::string& name, std::int64_t v) { return bytes_field(5, bytes_field(1, name) + number_field(3, static_cast<std::uint64_t>(v)) + number_field(20, 2)); }
inline std::string attribute(const std::string& name, float v) { return bytes_field(5, bytes_field(1, name) + float_field(2, v) + number_field(20, 1)); }
inline std::string attribute(const std::string& name, const std::string& v) { return bytes_field(5, bytes_field(1, name) + bytes_field(4, v) + number_field(20, 3)); }
inline std::string attribute(const std::string& name, const std::vector<std::int64_t>& v) {
  std::string a = bytes_field(1, name);
  for (const std::int64_t i : v) a += number_field(8, static_cast<std::uint64_t>(i));
  return bytes_field(5, a + number_field(20, 7));
}
inline std::string node(const std::string& op, const std::vector<std::string>& in, const std::vector<std::string>& out, const std::string& attributes = "") {
  std::string n;
  for (const auto& i : in) n += bytes_field(1, i);
  for (const auto& o : out) n += bytes_field(2, o);
  return bytes_field(1, n + bytes_field(4, op) + attributes);
}
// Functions that a model brings along, of the domain "own": a call, a node within one, and the function itself.
inline std::string call(const std::string& op, const std::vector<std::string>& in, const std::vector<std::string>& out, const std::string& attributes = "") {
  return node(op, in, out, attributes + bytes_field(7, "own"));
}
inline std::string within(const std::string& node) { return varint(7 << 3 | 2) + node.substr(1); }
inline std::string function(const std::string& name, const std::vector<std::string>& in, const std::vector<std::string>& out, const std::string& nodes, int opset = 13) {
  std::string f = bytes_field(1, name);
  for (const auto& i : in) f += bytes_field(4, i);
  for (const auto& o : out) f += bytes_field(5, o);
  return bytes_field(25, f + nodes + bytes_field(9, number_field(2, static_cast<std::uint64_t>(opset))) + bytes_field(9, bytes_field(1, "own") + number_field(2, 1)) + bytes_field(10, "own"));
}
inline std::string initializer(const std::string& name, const Tensor& t) { return bytes_field(5, tensor_bytes(name, t)); }
inline std::string value(int field, const std::string& name, const Shape& shape) {
  std::string dims;
  for (const std::int64_t d : shape) dims += bytes_field(1, d < 0 ? bytes_field(2, "N") : number_field(1, static_cast<std::uint64_t>(d)));
  return bytes_field(field, bytes_field(1, name) + bytes_field(2, bytes_field(1, number_field(1, 1) + bytes_field(2, dims))));
}
// `parts`: nodes and initialisers; the input is "x", the output "y".
inline std::string model(const std::string& parts, const Shape& input, int opset = 13) {
  return number_field(1, 7) + bytes_field(7, parts + value(11, "x", input) + value(12, "y", {})) + bytes_field(8, number_field(2, static_cast<std::uint64_t>(opset)));
}

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

#ifndef DUOLEX_SOURCE_DIR
#define DUOLEX_SOURCE_DIR "."
#endif

inline std::filesystem::path shared() { return std::filesystem::path(DUOLEX_SOURCE_DIR) / ".." / "shared"; }

// The SDP images as NCHW floats, and their labels.
struct Images {
  std::vector<float> x;
  std::vector<std::int64_t> y;
  std::size_t features = 0;
};
inline Images images(const std::string& set, std::size_t size, std::size_t channels) {
  const auto folder = shared() / "suites" / "robustness-sdp" / "data" / set;
  const std::string x = slurp(folder / "X_sdp.npy"), y = slurp(folder / "y_sdp.npy");
  Images images;
  images.features = size * size * channels;
  const auto body = [](const std::string& npy) { return 10 + static_cast<std::size_t>(static_cast<std::uint8_t>(npy[8])) + 256 * static_cast<std::size_t>(static_cast<std::uint8_t>(npy[9])); };
  const std::size_t n = (y.size() - body(y)) / 8;
  images.y.resize(n);
  std::memcpy(images.y.data(), y.data() + body(y), n * 8);
  std::vector<float> nhwc(n * images.features);
  std::memcpy(nhwc.data(), x.data() + body(x), nhwc.size() * 4);
  images.x.resize(nhwc.size());
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t p = 0; p < size * size; ++p)
      for (std::size_t c = 0; c < channels; ++c)
        images.x[i * images.features + c * size * size + p] = nhwc[i * images.features + p * channels + c];
  return images;
}

}  // namespace duolex::tensor::testing
