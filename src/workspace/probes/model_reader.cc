#include "workspace/probes/model_reader.h"

#include <zlib.h>

#include <algorithm>

#include "base/file.h"
#include "base/hash.h"

namespace duolex::workspace {

namespace {

// Once to know how large it becomes, and once to keep it: what is too large is never held.
Result<std::string> unpack(const std::string& file, const std::string& packed, std::size_t limit) {
  std::string bytes, part(1 << 16, '\0');
  std::size_t size = 0;
  for (const bool keep : {false, true}) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return failure(error_in(file, "cannot be unpacked"));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    if (keep) bytes.reserve(size);
    int state = Z_OK;
    while (state == Z_OK && size <= limit) {
      stream.next_out = reinterpret_cast<Bytef*>(part.data());
      stream.avail_out = static_cast<uInt>(part.size());
      state = inflate(&stream, Z_NO_FLUSH);
      const std::size_t got = part.size() - stream.avail_out;
      if (keep) bytes.append(part, 0, got);
      else size += got;
    }
    const std::size_t at = stream.total_in;
    inflateEnd(&stream);
    if (size > limit) return failure(error_in(file, "byte " + std::to_string(at) + ": unpacks to more than " + std::to_string(limit) + " bytes"));
    if (state != Z_STREAM_END) return failure(error_in(file, "byte " + std::to_string(at) + ": no whole gzip stream"));
  }
  return bytes;
}

}  // namespace

Result<std::string> read_unpacked(const std::filesystem::path& path, std::size_t limit) {
  auto bytes = read_file(path, limit);
  if (!bytes || !bytes->starts_with("\x1f\x8b")) return bytes;
  return unpack(path.string(), *bytes, limit);
}

Result<std::optional<std::filesystem::path>> beside_model(const std::filesystem::path& model, const std::string& location) {
  std::error_code error;
  const auto outside = [&] { return failure(error_in(model.string(), "external data '" + location + "' lies outside of the model's folder")); };
  if (!tensor::stays_inside(location)) return outside();
  const auto folder = std::filesystem::canonical(model.has_parent_path() ? model.parent_path() : std::filesystem::path("."), error);
  const auto target = error ? std::filesystem::path() : std::filesystem::canonical(folder / location, error);
  if (error) return std::optional<std::filesystem::path>();
  if (std::mismatch(folder.begin(), folder.end(), target.begin(), target.end()).first != folder.end()) return outside();
  return std::optional(target);
}

namespace {

// Each file is read once: a model names it for every one of its tensors.
tensor::ExternalData weights_of(const std::filesystem::path& model, const tensor::Limits& limits, std::map<std::string, std::string>& known) {
  return [&model, &limits, &known](const std::string& location) -> Result<std::string_view> {
    if (const auto found = known.find(location); found != known.end()) return std::string_view(found->second);
    const auto path = beside_model(model, location);
    if (!path) return tl::unexpected(path.error());
    if (!*path) return failure(error_in(model.string(), "external data '" + location + "' is not there"));
    auto bytes = read_file(**path, limits.tensor_bytes);
    if (!bytes) return failure(error_in(model.string(), "external data '" + location + "': " + bytes.error().front().message));
    return std::string_view(known.emplace(location, std::move(*bytes)).first->second);
  };
}

}  // namespace

std::string WholeModel::weights_sha256() const {
  std::string all;
  for (const auto& [name, hash] : weights) all += hash + "  " + name + "\n";
  return all.empty() ? "" : sha256_hex(all);
}

Result<WholeModel> read_whole_model(const std::filesystem::path& path) {
  const tensor::Limits limits;
  auto bytes = read_file(path);
  if (!bytes) return tl::unexpected(bytes.error());
  WholeModel model;
  model.sha256 = sha256_hex(*bytes);
  std::map<std::string, std::string> read;
  auto whole = tensor::with_weights_inside(path.string(), *bytes, weights_of(path, limits, read), limits);
  if (!whole) return tl::unexpected(whole.error());
  model.bytes = std::move(*whole);
  for (const auto& [name, data] : read) model.weights[name] = sha256_hex(data);
  return model;
}

Result<tensor::Model> read_model(const std::filesystem::path& path) {
  const tensor::Limits limits;
  const auto bytes = read_unpacked(path, limits.bytes);
  if (!bytes) return failure(bytes.error());
  std::map<std::string, std::string> read;
  return tensor::read_onnx(path.string(), *bytes, limits, weights_of(path, limits, read));
}

Result<tensor::Model> read_model(const std::filesystem::path& path, const std::string& whole) {
  const tensor::Limits limits;
  if (!whole.starts_with("\x1f\x8b")) return tensor::read_onnx(path.string(), whole, limits);
  const auto bytes = unpack(path.string(), whole, limits.bytes);
  if (!bytes) return failure(bytes.error());
  return tensor::read_onnx(path.string(), *bytes, limits);
}

}  // namespace duolex::workspace
