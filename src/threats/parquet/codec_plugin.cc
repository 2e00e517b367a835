#include <lz4.h>
#include <snappy.h>
#include <zstd.h>

#include "threats/parquet/codec.h"

namespace duolex::threats::parquet {
namespace {

class Packaged : public BlockCodecs {
 public:
  bool snappy(std::string_view in, char* out, std::size_t size) const override {
    std::size_t claimed = 0;
    return ::snappy::GetUncompressedLength(in.data(), in.size(), &claimed) && claimed == size && ::snappy::RawUncompress(in.data(), in.size(), out);
  }
  bool lz4(std::string_view in, char* out, std::size_t size) const override {
    if (in.size() > LZ4_MAX_INPUT_SIZE || size > LZ4_MAX_INPUT_SIZE) return false;
    return LZ4_decompress_safe(in.data(), out, static_cast<int>(in.size()), static_cast<int>(size)) == static_cast<int>(size);
  }
  bool zstandard(std::string_view in, char* out, std::size_t size) const override {
    const std::size_t got = ZSTD_decompress(out, size, in.data(), in.size());
    return ZSTD_isError(got) == 0 && got == size;
  }
};

}  // namespace
}  // namespace duolex::threats::parquet

extern "C" __attribute__((visibility("default"))) const duolex::threats::parquet::BlockCodecs* duolex_page_codecs(int version) {
  static const duolex::threats::parquet::Packaged codecs;
  return version == duolex::threats::parquet::codecs_version ? &codecs : nullptr;
}
