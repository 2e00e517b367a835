#include "workspace/probes/model_reader.h"

#include <zlib.h>

#include <algorithm>

#include "base/file.h"

namespace duolex::workspace {

namespace {

Result<std::string> unpack(const std::string& file, const std::string& packed, std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return failure(error_in(file, "cannot be unpacked"));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string bytes, part(1 << 16, '\0');
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    state = inflate(&stream, Z_NO_FLUSH);
    bytes.append(part, 0, part.size() - stream.avail_out);
    if (bytes.size() > limit) break;
  }
  const std::size_t at = stream.total_in;
  inflateEnd(&stream);
  if (bytes.size() > limit) return failure(error_in(file, "byte " + std::to_string(at) + ": unpacks to more than " + std::to_string(limit) + " bytes"));
  if (state != Z_STREAM_END) return failure(error_in(file, "byte " + std::to_string(at) + ": no whole gzip stream"));
  return bytes;
}

}  // namespace

Result<std::string> read_unpacked(const std::filesystem::path& path, std::size_t limit) {
  auto bytes = read_file(path, limit);
  if (!bytes || !bytes->starts_with("\x1f\x8b")) return bytes;
  return unpack(path.string(), *bytes, limit);
}

Result<tensor::Model> read_model(const std::filesystem::path& path) {
  const tensor::Limits limits;
  const auto bytes = read_unpacked(path, limits.bytes);
  if (!bytes) return failure(bytes.error());
  const tensor::ExternalData external = [&path, &limits](const std::string& location) -> Result<std::string> {
    std::error_code error;
    const auto folder = std::filesystem::canonical(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."), error);
    const auto target = error ? std::filesystem::path() : std::filesystem::canonical(folder / location, error);
    if (error) return failure(error_in(path.string(), "external data '" + location + "' is not there"));
    const bool inside = std::mismatch(folder.begin(), folder.end(), target.begin(), target.end()).first == folder.end();
    if (!inside) return failure(error_in(path.string(), "external data '" + location + "' lies outside of the model's folder"));
    return read_file(target, limits.tensor_bytes);
  };
  return tensor::read_onnx(path.string(), *bytes, limits, external);
}

}  // namespace duolex::workspace
