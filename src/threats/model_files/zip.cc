// ZIP as the loaders of models read it, which is not always as the format has it: by the central directory, by the
// local headers, with flags ignored. All of these are looked at, and where they disagree that is said.
#include <zlib.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "threats/model_files/bytes.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

constexpr std::string_view local_signature = "PK\x03\x04";
constexpr std::string_view central_signature = "PK\x01\x02";
constexpr std::string_view end_signature = "PK\x05\x06";
constexpr std::string_view end64_signature = "PK\x06\x06";
constexpr std::string_view locator64_signature = "PK\x06\x07";

struct Member {
  std::string name;
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0, size = 0, header = 0;  // header: offset of the local one
  bool link = false;
};

// Sizes and offset beyond 32 bits stand in extra field 1, in this order, where the short ones are all ones.
void read_zip64(std::string_view extra, Member& m, bool with_header) {
  Cursor c{extra};
  std::uint16_t id = 0, size = 0;
  std::string_view field;
  while (c.number(id) && c.number(size) && c.take(size, field)) {
    if (id != 1) continue;
    Cursor f{field};
    std::uint64_t value = 0;
    if (m.size == 0xFFFFFFFF && f.number(value)) m.size = value;
    if (m.packed == 0xFFFFFFFF && f.number(value)) m.packed = value;
    if (with_header && m.header == 0xFFFFFFFF && f.number(value)) m.header = value;
  }
}

std::uint32_t crc32_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

class ZipScan {
 public:
  ZipScan(Scan& scan, std::string_view bytes) : scan_(scan), bytes_(bytes) {}

  void run() {
    read_central();
    name_kind();
    std::stable_sort(members_.begin(), members_.end(), [](const Member& a, const Member& b) { return a.header < b.header; });
    for (const Member& m : members_) {
      if (!scan_.next_member()) return;
      look_at(m);
    }
    look_between();
  }

 private:
  void read_central() {
    const std::size_t back = std::min<std::size_t>(bytes_.size(), 65'557);
    const std::size_t found = bytes_.substr(bytes_.size() - back).rfind(end_signature);
    if (found == std::string_view::npos) {
      scan_.found(Verdict::unreadable, "has no end of a ZIP directory; members are looked for by their own headers", bytes_.size());
      return;
    }
    end_ = bytes_.size() - back + found;
    Cursor c{bytes_, end_ + 4};
    std::uint16_t disk = 0, first = 0, here = 0, entries = 0, comment = 0;
    std::uint32_t size32 = 0, start32 = 0;
    if (!(c.number(disk) && c.number(first) && c.number(here) && c.number(entries) && c.number(size32) && c.number(start32) &&
          c.number(comment))) {
      scan_.found(Verdict::unreadable, "the end of the ZIP directory is cut off", end_);
      return;
    }
    std::uint64_t size = size32, start = start32, directory_end = end_;
    if (start == 0xFFFFFFFF || size == 0xFFFFFFFF || entries == 0xFFFF) read_end64(size, start, directory_end);
    // Bytes put before the archive move everything.
    if (size <= directory_end && start <= directory_end - size) shift_ = directory_end - size - start;
    Cursor d{bytes_, 0};
    if (start + shift_ > bytes_.size() || start > bytes_.size()) {
      scan_.found(Verdict::unreadable, "the ZIP directory is said to begin at byte " + std::to_string(start) + ", beyond the end", end_);
      return;
    }
    d.at = static_cast<std::size_t>(start + shift_);
    if (bytes_.substr(d.at, 4) != central_signature && bytes_.substr(static_cast<std::size_t>(start), 4) == central_signature) {
      shift_ = 0;
      d.at = static_cast<std::size_t>(start);
    }
    central_ = d.at;
    while (bytes_.substr(d.at, 4) == central_signature) {
      if (members_.size() >= scan_.limits().members) break;  // next_member says it
      if (!read_entry(d)) {
        scan_.found(Verdict::unreadable, "an entry of the ZIP directory is cut off", d.at);
        break;
      }
    }
    central_end_ = d.at;
  }

  void read_end64(std::uint64_t& size, std::uint64_t& start, std::uint64_t& directory_end) {
    const std::size_t at = bytes_.rfind(end64_signature, end_);
    if (end_ < 20 || bytes_.substr(end_ - 20, 4) != locator64_signature || at == std::string_view::npos) return;
    Cursor c{bytes_, at + 40};
    if (at + 40 > bytes_.size()) return;
    std::uint64_t size64 = 0, start64 = 0;
    if (!c.number(size64) || !c.number(start64)) return;
    size = size64;
    start = start64;
    directory_end = at;
  }

  bool read_entry(Cursor& c) {
    Cursor e{bytes_, c.at + 4};
    Member m;
    std::uint16_t made = 0, needed = 0, time = 0, date = 0, name = 0, extra = 0, comment = 0, disk = 0, internal = 0;
    std::uint32_t packed = 0, size = 0, external = 0, header = 0;
    std::string_view text, more, said;
    if (!(e.number(made) && e.number(needed) && e.number(m.flags) && e.number(m.method) && e.number(time) && e.number(date) &&
          e.number(m.crc) && e.number(packed) && e.number(size) && e.number(name) && e.number(extra) && e.number(comment) &&
          e.number(disk) && e.number(internal) && e.number(external) && e.number(header) && e.take(name, text) && e.take(extra, more) &&
          e.take(comment, said)))
      return false;
    m.name = text;
    m.packed = packed;
    m.size = size;
    m.header = header;
    read_zip64(more, m, true);
    m.link = (made >> 8) == 3 && (external >> 16 & 0170000U) == 0120000U;
    members_.push_back(std::move(m));
    c.at = e.at;
    return true;
  }

  void name_kind() {
    bool data = false, version = false, constants = false, code = false, weights = false, config = false, arrays = !members_.empty();
    for (const Member& m : members_) {
      const std::string& n = m.name;
      data = data || n.ends_with("/data.pkl") || n == "data.pkl";
      version = version || n.ends_with("/version") || n.find("/data/") != std::string::npos || n.ends_with("/byteorder");
      constants = constants || n.ends_with("/constants.pkl");
      code = code || n.find("/code/") != std::string::npos;
      weights = weights || n == "model.weights.h5";
      config = config || n == "config.json";
      arrays = arrays && n.ends_with(".npy");
    }
    if (constants && code) {
      scan_.kind("TorchScript");
      scan_.torch_script = true;
      scan_.not_checked("what the TorchScript program itself does; PyTorch runs it in an interpreter of its own");
    }
    scan_.kind(data && version ? "PyTorch (zip)" : weights && config ? "Keras" : arrays ? "NPZ" : "ZIP archive");
  }

  // The member's own header, and where its bytes begin.
  std::optional<std::size_t> local_header(std::uint64_t at, Member& m) {
    if (at > bytes_.size() || bytes_.substr(static_cast<std::size_t>(at), 4) != local_signature) return std::nullopt;
    Cursor c{bytes_, static_cast<std::size_t>(at) + 4};
    std::uint16_t needed = 0, time = 0, date = 0, name = 0, extra = 0;
    std::uint32_t packed = 0, size = 0;
    std::string_view text, more;
    if (!(c.number(needed) && c.number(m.flags) && c.number(m.method) && c.number(time) && c.number(date) && c.number(m.crc) &&
          c.number(packed) && c.number(size) && c.number(name) && c.number(extra) && c.take(name, text) && c.take(extra, more)))
      return std::nullopt;
    m.name = text;
    m.packed = packed;
    m.size = size;
    m.header = at;
    read_zip64(more, m, false);
    return c.at;
  }

  void look_at(const Member& m) {
    if (m.name.ends_with("/") && m.packed == 0) return;
    check_name(m.name, m.header);
    if (m.link) scan_.found(Verdict::suspicious, "the member '" + m.name.substr(0, 100) + "' is a symbolic link", static_cast<std::size_t>(m.header));
    Member local;
    const std::uint64_t at = m.header + shift_;
    const auto begin = local_header(at, local);
    if (!begin) {
      scan_.found(Verdict::unreadable, "the directory points to byte " + std::to_string(at) + ", where no member begins", static_cast<std::size_t>(std::min<std::uint64_t>(at, bytes_.size())));
      return;
    }
    if (local.name != m.name)
      scan_.found(Verdict::suspicious, "one member has two names: '" + m.name.substr(0, 100) + "' and '" + local.name.substr(0, 100) + "'", static_cast<std::size_t>(at));
    if (local.method != m.method)
      scan_.found(Verdict::suspicious, "the directory and the member's own header disagree on how it is packed", static_cast<std::size_t>(at));
    if (m.packed > bytes_.size() - *begin) {
      scan_.found(Verdict::unreadable, "a member claims " + std::to_string(m.packed) + " bytes where " + std::to_string(bytes_.size() - *begin) + " are left", static_cast<std::size_t>(at));
      content(m, *begin, bytes_.substr(*begin));
      return;
    }
    covered_.emplace_back(static_cast<std::size_t>(at), *begin + static_cast<std::size_t>(m.packed));
    content(m, *begin, bytes_.substr(*begin, static_cast<std::size_t>(m.packed)));
  }

  void check_name(const std::string& name, std::uint64_t at) {
    std::string n = name;
    std::replace(n.begin(), n.end(), '\\', '/');
    const bool climbs = n.starts_with("/") || n.starts_with("../") || n.find("/../") != std::string::npos || n.ends_with("/..") || n == ".." ||
                        (n.size() > 1 && n[1] == ':');
    if (climbs)
      scan_.found(Verdict::suspicious, "unpacking would write outside the folder: '" + name.substr(0, 100) + "'", static_cast<std::size_t>(at));
  }

  void content(const Member& m, std::size_t begin, std::string_view packed) {
    const bool marked = (m.flags & 0x2061U) != 0;  // encrypted, patched, strongly encrypted, hidden
    if (m.method == 0) {
      const bool whole = packed.size() < (std::size_t{32} << 20);
      const bool right = whole && crc32_of(packed) == m.crc;
      if ((m.flags & 0x41U) != 0 && !right) {
        scan_.found(Verdict::unreadable, "the member '" + m.name.substr(0, 100) + "' is encrypted", begin);
      } else if (marked) {
        scan_.found(Verdict::suspicious, "the member '" + m.name.substr(0, 100) + "' is marked as encrypted or patched and is not", begin);
      } else if (whole && !right && (m.flags & 8U) == 0 && m.crc != 0) {
        scan_.found(Verdict::suspicious, "the checksum of '" + m.name.substr(0, 100) + "' is wrong, which some loaders ignore", begin);
      }
      scan_.inside(m.name, packed);
    } else if (m.method == 8) {
      deflated(m, begin, packed);
    } else if ((m.flags & 0x41U) != 0) {
      scan_.found(Verdict::unreadable, "the member '" + m.name.substr(0, 100) + "' is encrypted", begin);
    } else {
      scan_.found(Verdict::unreadable, "the member '" + m.name.substr(0, 100) + "' is packed by method " + std::to_string(m.method) + ", which is not read", begin);
    }
  }

  void deflated(const Member& m, std::size_t begin, std::string_view packed) {
    if (scan_.room() == 0) {
      scan_.found(Verdict::unreadable, "unpacks to more than " + std::to_string(scan_.limits().unpacked >> 20) + " MiB; the rest was not looked at", begin);
      return;
    }
    const Inflated inner = inflate(packed, scan_.room(), true);
    scan_.unpacked(inner.bytes.size());
    if (inner.cut)
      scan_.not_checked("the member '" + m.name.substr(0, 100) + "' beyond its first " + std::to_string(inner.bytes.size() >> 20) + " MiB");
    const bool right = inner.ok && !inner.cut && crc32_of(inner.bytes) == m.crc;
    if (!inner.ok) {
      scan_.found(Verdict::unreadable,
                  "the member '" + m.name.substr(0, 100) + ((m.flags & 0x41U) != 0 ? "' is encrypted" : "' cannot be unpacked") , begin + inner.used);
    } else if ((m.flags & 0x2061U) != 0) {
      scan_.found(Verdict::suspicious, "the member '" + m.name.substr(0, 100) + "' is marked as encrypted or patched and is not", begin);
    } else if (!right && !inner.cut && m.crc != 0) {
      scan_.found(Verdict::suspicious, "the checksum of '" + m.name.substr(0, 100) + "' is wrong, which some loaders ignore", begin);
    }
    if (!inner.bytes.empty()) scan_.inside(m.name, inner.bytes);
  }

  // What no entry of the directory covers: members that only a reader of local headers sees, and hidden pickles.
  void look_between() {
    if (central_end_ > central_) covered_.emplace_back(central_, bytes_.size());
    std::sort(covered_.begin(), covered_.end());
    std::size_t at = 0;
    for (std::size_t i = 0; i < covered_.size(); ++i) {
      const auto [from, to] = covered_[i];
      if (from > at) gap(at, from);
      if (from < at && i > 0 && from != central_) {
        scan_.found(Verdict::suspicious, "members share their bytes, as archives do that unpack without end", from);
        return;
      }
      at = std::max(at, to);
    }
    if (at < bytes_.size()) gap(at, bytes_.size());
  }

  void gap(std::size_t from, std::size_t to) {
    if (from == 0 && to > 0 && bytes_.substr(0, 4) != local_signature) scan_pickles(scan_, bytes_.substr(0, to), 0, Promise::none);
    for (std::size_t at = bytes_.find(local_signature, from); at != std::string_view::npos && at < to; at = bytes_.find(local_signature, at + 4)) {
      Member m;
      const auto begin = local_header(at, m);
      if (!begin || *begin > bytes_.size()) continue;
      if (!scan_.next_member()) return;
      if (central_end_ > central_)
        scan_.found(Verdict::suspicious, "a member '" + m.name.substr(0, 100) + "' stands in the archive and not in its directory", at);
      const std::size_t left = bytes_.size() - *begin;
      const std::size_t size = m.packed == 0 || m.packed > left ? left : static_cast<std::size_t>(m.packed);
      content(m, *begin, bytes_.substr(*begin, size));
    }
    find_hidden_pickles(scan_, bytes_, from, to);
  }

  Scan& scan_;
  std::string_view bytes_;
  std::vector<Member> members_;
  std::vector<std::pair<std::size_t, std::size_t>> covered_;
  std::uint64_t shift_ = 0;
  std::size_t end_ = 0, central_ = 0, central_end_ = 0;
};

}  // namespace

void scan_zip(Scan& scan, std::string_view bytes) { ZipScan(scan, bytes).run(); }

}  // namespace duolex::threats::model_files
