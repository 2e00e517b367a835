#include "threats/parquet/codec.h"

#include <zlib.h>

#include <algorithm>

#include "base/beside.h"

namespace duolex::threats::parquet {
namespace {

Result<const BlockCodecs*> load() {
  constexpr const char* library = "libduolex_page_codecs.so";
  const auto symbol = symbol_beside(library, codecs_entry_point, "", "it stands beside the program and needs the packages libsnappy1v5, liblz4-1 and libzstd1");
  if (!symbol) return tl::unexpected(symbol.error());
  const BlockCodecs* const codecs = reinterpret_cast<CodecsEntryPoint>(*symbol)(codecs_version);
  if (codecs == nullptr) return failure(error_in(library, "belongs to another version of the program"));
  return codecs;
}

// One gzip member after another, as some writers leave them.
bool gzip(std::string_view in, char* out, std::size_t size) {
  std::size_t have = 0;
  while (!in.empty()) {
    z_stream z{};
    if (inflateInit2(&z, 47) != Z_OK) return false;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out + have);
    z.avail_out = static_cast<uInt>(size - have);
    const int status = ::inflate(&z, Z_FINISH);
    const std::size_t used = in.size() - z.avail_in;
    have = size - z.avail_out;
    inflateEnd(&z);
    if (status != Z_STREAM_END || used == 0) return false;
    in.remove_prefix(used);
  }
  return have == size;
}

std::size_t big(std::string_view in, std::size_t at) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(in[at + i]);
  return out;
}

// What the format calls LZ4 without "raw": blocks with both sizes before each, as Hadoop writes them, or one block.
bool old_lz4(const BlockCodecs& codecs, std::string_view in, char* out, std::size_t size) {
  std::size_t at = 0, have = 0;
  bool framed = in.size() >= 8;
  while (framed && at < in.size()) {
    if (in.size() - at < 8) { framed = false; break; }
    const std::size_t plain = big(in, at), packed = big(in, at + 4);
    framed = plain <= size - have && packed <= in.size() - at - 8 && codecs.lz4(in.substr(at + 8, packed), out + have, plain);
    at += 8 + packed;
    have += plain;
  }
  return (framed && have == size) || codecs.lz4(in, out, size);
}

// How many bytes one packed byte can become at most.
std::size_t most_growth(Codec codec) {
  switch (codec) {
    case Codec::snappy: return 32;     // a copy of 64 bytes takes three
    case Codec::gzip: return 1040;
    case Codec::lz4:
    case Codec::lz4_raw: return 256;
    default: return std::size_t{1} << 20;  // a block of Zstandard: 128 KiB from four bytes
  }
}

}  // namespace

Result<const BlockCodecs*> load_codecs() {
  static const Result<const BlockCodecs*> loaded = load();
  return loaded;
}

Result<std::string> unpack(Codec codec, std::string_view in, std::size_t size) {
  if (codec == Codec::lzo || codec == Codec::brotli) return failure(error_in("", "is packed with " + name_of(codec) + ", which is not read"));
  if (size / most_growth(codec) > in.size() + 64) return failure(error_in("", "claims to unpack from " + std::to_string(in.size()) + " to " + std::to_string(size) + " bytes"));
  std::string out(size, '\0');
  bool good = false;
  if (codec == Codec::none) {
    good = in.size() == size;
    out.assign(in);
  } else if (codec == Codec::gzip) {
    good = gzip(in, out.data(), size);
  } else {
    const auto codecs = load_codecs();
    if (!codecs) return tl::unexpected(codecs.error());
    good = codec == Codec::snappy ? (*codecs)->snappy(in, out.data(), size)
           : codec == Codec::zstd ? (*codecs)->zstandard(in, out.data(), size)
           : codec == Codec::lz4  ? old_lz4(**codecs, in, out.data(), size)
                                  : (*codecs)->lz4(in, out.data(), size);
  }
  if (!good) return failure(error_in("", "does not unpack (" + name_of(codec) + ") to the " + std::to_string(size) + " bytes it claims"));
  return out;
}

}  // namespace duolex::threats::parquet
