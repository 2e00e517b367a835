#include <zlib.h>

#include <algorithm>

#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

// "model.tar.gz" holds "model.tar"; what is packed under the name of a pickle holds one.
std::string without_ending(const std::string& name) {
  if (promises_pickle(name)) return name;
  const std::size_t dot = name.find_last_of('.');
  if (dot == std::string::npos || dot == 0) return name;
  const std::string ending = name.substr(dot);
  return ending == ".tgz" || ending == ".txz" || ending == ".tbz2" ? name.substr(0, dot) + ".tar" : name.substr(0, dot);
}

}  // namespace

namespace {

// Calls take(bytes) with what comes out, until it says false; where the input stood then, and how it ended.
struct Flow {
  std::size_t used = 0;
  bool ended = false, stopped = false;
};
template <class Take>
Flow flow(std::string_view in, bool raw, Take take) {
  Flow out;
  z_stream z{};
  if (inflateInit2(&z, raw ? -15 : 47) != Z_OK) return out;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  z.avail_in = static_cast<uInt>(std::min<std::size_t>(in.size(), 0x7FFFFFFF));
  char block[65536];
  int status = Z_OK;
  while (status == Z_OK && !out.stopped) {
    z.next_out = reinterpret_cast<Bytef*>(block);
    z.avail_out = sizeof block;
    status = ::inflate(&z, Z_NO_FLUSH);
    const std::size_t got = sizeof block - z.avail_out;
    out.stopped = !take(std::string_view(block, got));
    if (got == 0 && z.avail_in == 0) break;
  }
  out.used = static_cast<std::size_t>(reinterpret_cast<const char*>(z.next_in) - in.data());
  out.ended = status == Z_STREAM_END;
  inflateEnd(&z);
  return out;
}

}  // namespace

std::optional<std::size_t> inflates_beyond(std::string_view in, std::size_t most, bool raw) {
  std::size_t size = 0;
  const Flow f = flow(in, raw, [&](std::string_view part) { return (size += part.size()) <= most; });
  return f.stopped ? std::optional(f.used) : std::nullopt;
}

Inflated inflate(std::string_view in, std::size_t most, bool raw) {
  Inflated out;
  const Flow f = flow(in, raw, [&](std::string_view part) {
    const std::size_t room = most - out.bytes.size();
    out.bytes.append(part.substr(0, room));
    out.cut = part.size() > room;
    return !out.cut;
  });
  out.used = f.used;
  out.ok = f.ended || out.cut;
  return out;
}

void scan_deflated(Scan& scan, std::string_view bytes, const std::string& name) {
  scan.kind("compressed file");
  if (scan.room() == 0) {
    scan.found(Verdict::unreadable, "there is no room left to unpack it", 0);
    return;
  }
  const Inflated inner = inflate(bytes, scan.room(), false);
  scan.unpacked(inner.bytes.size());
  if (!inner.ok) scan.found(Verdict::unreadable, "the compressed data breaks off or is damaged", inner.used);
  if (inner.cut) scan.not_checked("beyond the first " + std::to_string(inner.bytes.size() >> 20) + " MiB unpacked");
  if (!inner.bytes.empty()) scan.inside(without_ending(name), inner.bytes);
  if (inner.ok && !inner.cut && inner.used < bytes.size()) {
    // Another stream may follow; some readers go on, others stop.
    const std::string_view rest = bytes.substr(inner.used);
    if (rest.substr(0, 2) == "\x1f\x8b") {
      scan.inside("second stream", rest);
    } else {
      find_hidden_pickles(scan, bytes, inner.used, bytes.size());
    }
  }
}

void scan_packed(Scan& scan, std::string_view bytes, const std::string& name) {
  scan.kind("archive");
  const Unpacker* const unpacker = scan.unpacker();
  if (unpacker == nullptr) return;
  const Unpacker::Bounds bounds{scan.limits().member, scan.room(), scan.limits().members};
  if (bounds.all == 0) {
    scan.found(Verdict::unreadable, "there is no room left to unpack it", 0);
    return;
  }
  const auto done = unpacker->unpack(bytes, bounds, [&](const std::string& member, std::string_view content, bool cut) {
    if (!scan.next_member()) return false;
    scan.unpacked(content.size());
    const std::string inner = member.empty() ? without_ending(name) : member;
    if (cut) scan.not_checked("the member '" + inner.substr(0, 100) + "' beyond its first " + std::to_string(content.size() >> 20) + " MiB");
    scan.inside(inner, content);
    return true;
  });
  if (!done) scan.found(Verdict::unreadable, "cannot be unpacked to its end: " + done.error().front().message, 0);
}

}  // namespace duolex::threats::model_files
