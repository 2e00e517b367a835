#include "threats/parquet/footer.h"

#include <algorithm>
#include <map>

#include "threats/parquet/thrift.h"

namespace duolex::threats::parquet {
namespace {

using Field = Thrift::Field;
using Type = Thrift::Type;
constexpr unsigned most_nesting = 32;

// A node of the schema as it is written: a list, depth first.
struct Element {
  std::string name;
  std::int64_t type = -1, length = 0, repetition = 0, children = -1, converted = -1, scale = 0;
  Kind kind = Kind::plain;
  int unit = 0;
  bool stated = false;  // by a logical type
  std::size_t at = 0;
};

int time_unit(Thrift& t) {
  int digits = 0;
  t.structure([&](const Field& f) {
    digits = f.id == 1 ? 3 : f.id == 2 ? 6 : 9;
    return false;
  });
  return digits;
}

void logical(Thrift& t, Element& e) {
  t.structure([&](const Field& f) {
    if (f.type != Type::structure) return false;
    e.stated = true;
    switch (f.id) {
      case 1: case 4: case 12: e.kind = Kind::text; return false;
      case 6: e.kind = Kind::day; return false;
      case 15: e.kind = Kind::half; return false;
      case 13: case 14: case 16: case 17: case 18: case 19: e.kind = Kind::opaque; return false;
      case 5:
        e.kind = Kind::decimal;
        t.structure([&](const Field& d) { return d.id == 1 && d.type == Type::i32 ? (e.scale = t.integer(d), true) : false; });
        return true;
      case 7: case 8:
        e.kind = f.id == 7 ? Kind::time : Kind::instant;
        t.structure([&](const Field& d) { return d.id == 2 && d.type == Type::structure ? (e.unit = time_unit(t), true) : false; });
        return true;
      case 10:
        t.structure([&](const Field& d) {
          if (d.id != 2 || (d.type != Type::yes && d.type != Type::no)) return false;
          if (!t.boolean(d)) e.kind = Kind::natural;
          return true;
        });
        return true;
      default: return false;  // lists, maps and what does not exist yet: the values stay as they are stored
    }
  });
}

// What older writers say instead.
void converted(Element& e) {
  switch (e.converted) {
    case 0: case 4: case 19: e.kind = Kind::text; break;
    case 5: e.kind = Kind::decimal; break;
    case 6: e.kind = Kind::day; break;
    case 7: case 8: e.kind = Kind::time, e.unit = e.converted == 7 ? 3 : 6; break;
    case 9: case 10: e.kind = Kind::instant, e.unit = e.converted == 9 ? 3 : 6; break;
    case 11: case 12: case 13: case 14: e.kind = Kind::natural; break;
    case 20: case 21: e.kind = Kind::opaque; break;
    default: break;
  }
}

Element element(Thrift& t) {
  Element e;
  e.at = t.at();
  t.structure([&](const Field& f) {
    switch (f.id) {
      case 1: e.type = t.integer(f); return true;
      case 2: e.length = t.integer(f); return true;
      case 3: e.repetition = t.integer(f); return true;
      case 4: e.name = t.binary(f); return true;
      case 5: e.children = t.integer(f); return true;
      case 6: e.converted = t.integer(f); return true;
      case 7: e.scale = t.integer(f); return true;
      case 10: if (f.type != Type::structure) return false; logical(t, e); return true;
      default: return false;
    }
  });
  if (!e.stated) converted(e);
  return e;
}

// A chunk as it is written, with what it says about its column.
struct Written {
  Chunk chunk;
  std::int64_t type = -1;
  std::vector<std::string> path;
  bool described = false;
};

void column_metadata(Thrift& t, Written& w) {
  w.described = true;
  std::int64_t codec = 0, values = -1, data = -1, dictionary = 0;
  const std::size_t at = t.at();
  t.structure([&](const Field& f) {
    switch (f.id) {
      case 1: w.type = t.integer(f); return true;
      case 3:
        t.list(f, Type::binary, [&] {
          w.path.emplace_back(t.binary());
          if (w.path.size() > most_nesting + 1) t.refuse("a column stands deeper than columns can");
        });
        return true;
      case 4: codec = t.integer(f); return true;
      case 5: values = t.integer(f); return true;
      case 9: data = t.integer(f); return true;
      case 11: dictionary = t.integer(f); return true;
      default: return false;
    }
  });
  if (codec < 0 || codec > 7) t.refuse("a column is packed by a method that does not exist (" + std::to_string(codec) + "),", at);
  if (values < 0 || data < 0) t.refuse("a column says not how many values it has, or not where,", at);
  w.chunk.codec = static_cast<Codec>(codec);
  w.chunk.values = static_cast<std::uint64_t>(std::max<std::int64_t>(values, 0));
  // Some writers set the place of a dictionary they did not write to 0.
  w.chunk.begin = static_cast<std::uint64_t>(std::max<std::int64_t>(dictionary > 0 ? std::min(dictionary, data) : data, 0));
}

Written chunk(Thrift& t) {
  Written w;
  const std::size_t at = t.at();
  std::string elsewhere;
  bool sealed = false;
  t.structure([&](const Field& f) {
    if (f.id == 1) return elsewhere = t.binary(f), true;
    if (f.id == 3 && f.type == Type::structure) return column_metadata(t, w), true;
    sealed = sealed || f.id == 8 || f.id == 9;
    return false;
  });
  if (!elsewhere.empty()) t.refuse("a column lies in another file, '" + elsewhere.substr(0, 80) + "',", at);
  if (sealed) t.refuse("a column is encrypted,", at);
  if (t.ok() && !w.described) t.refuse("a column is not described", at);
  return w;
}

class Schema {
 public:
  Schema(Thrift& t, const std::vector<Element>& elements, std::vector<Column>& columns) : t_(t), elements_(elements), columns_(columns) {}
  void read() {
    if (elements_.empty()) return t_.refuse("the file has no columns");
    const std::int64_t children = elements_[next_++].children;
    for (std::int64_t i = 0; i < children && t_.ok(); ++i) node(0, 0, 0);
    if (t_.ok() && next_ != elements_.size()) t_.refuse("the columns do not form a tree", elements_[next_].at);
  }

 private:
  void node(unsigned depth, unsigned definition, unsigned repetition) {
    if (next_ >= elements_.size()) return t_.refuse("the columns do not form a tree", elements_.back().at);
    if (depth > most_nesting) return t_.refuse("columns stand more than " + std::to_string(most_nesting) + " deep in each other", elements_[next_].at);
    const Element& e = elements_[next_++];
    if (e.repetition < 0 || e.repetition > 2) return t_.refuse("a column is neither required, optional nor repeated", e.at);
    definition += e.repetition > 0 ? 1 : 0;
    repetition += e.repetition == 2 ? 1 : 0;
    path_.push_back(e.name);
    if (e.children > 0) {
      for (std::int64_t i = 0; i < e.children && t_.ok(); ++i) node(depth + 1, definition, repetition);
    } else if (e.type >= 0) {
      leaf(e, definition, repetition);
    }
    path_.pop_back();
  }

  void leaf(const Element& e, unsigned definition, unsigned repetition) {
    if (e.type > 7) return t_.refuse("the column '" + e.name.substr(0, 80) + "' is of a type that does not exist (" + std::to_string(e.type) + ")", e.at);
    for (const std::string& p : path_) paths_ += p.size() + sizeof(std::string);
    if (paths_ > most_footer) return t_.refuse("the names of the columns are too long to read", e.at);
    Column c;
    c.path = path_;
    c.physical = static_cast<Physical>(e.type);
    c.kind = e.kind;
    c.most_definition = static_cast<std::uint8_t>(definition);
    c.most_repetition = static_cast<std::uint8_t>(repetition);
    c.scale = static_cast<int>(std::clamp<std::int64_t>(e.kind == Kind::time || e.kind == Kind::instant ? e.unit : e.scale, -400, 400));
    if (c.physical == Physical::int96) c.width = 12;
    if (c.physical == Physical::fixed) {
      if (e.length < 1 || e.length > (1 << 20)) return t_.refuse("values of " + std::to_string(e.length) + " bytes are not read", e.at);
      c.width = static_cast<std::size_t>(e.length);
    }
    if (c.kind == Kind::half && c.width != 2) return t_.refuse("a number of half precision is not of 2 bytes", e.at);
    columns_.push_back(std::move(c));
  }

  Thrift& t_;
  const std::vector<Element>& elements_;
  std::vector<Column>& columns_;
  std::vector<std::string> path_;
  std::size_t next_ = 0, paths_ = 0;
};

std::uint32_t little(std::string_view bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}

RowGroup row_group(Thrift& t, const Footer& footer, std::size_t& chunks) {
  RowGroup g;
  const std::size_t at = t.at();
  std::int64_t rows = -1;
  t.structure([&](const Field& f) {
    if (f.id == 3) return rows = t.integer(f), true;
    if (f.id != 1) return false;
    t.list(f, Type::structure, [&] {
      const std::size_t began = t.at(), k = g.chunks.size();
      if (++chunks > most_chunks) return t.refuse("the file has more than " + std::to_string(most_chunks) + " parts of columns", began);
      if (k >= footer.columns.size()) return t.refuse("a group of rows has more columns than the file", began);
      const Written w = chunk(t);
      if (!t.ok()) return;
      const Column& c = footer.columns[k];
      if (w.type != static_cast<std::int64_t>(c.physical) || w.path != c.path) return t.refuse("a part of the column '" + c.name() + "' says that it belongs to another column", began);
      if (w.chunk.values > 0 && (w.chunk.begin < 4 || w.chunk.begin >= footer.begin)) return t.refuse("the column '" + c.name() + "' lies outside the file (byte " + std::to_string(w.chunk.begin) + "), says the footer", began);
      g.chunks.push_back(w.chunk);
    });
    return true;
  });
  if (!t.ok()) return g;
  if (rows < 0) t.refuse("a group of rows says not how many it has", at);
  if (g.chunks.size() != footer.columns.size()) t.refuse("a group of rows lacks columns", at);
  g.rows = static_cast<std::uint64_t>(std::max<std::int64_t>(rows, 0));
  for (std::size_t i = 0; i < g.chunks.size(); ++i) {
    const bool one_each = footer.columns[i].most_repetition == 0;
    if (one_each ? g.chunks[i].values != g.rows : g.chunks[i].values < g.rows)
      t.refuse("the column '" + footer.columns[i].name() + "' has " + std::to_string(g.chunks[i].values) + " values for " + std::to_string(g.rows) + " rows,", at);
  }
  return g;
}

}  // namespace

std::string name_of(Codec codec) {
  static const char* const names[] = {"none", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4 (raw)"};
  return names[static_cast<std::size_t>(codec)];
}

std::string Column::name() const {
  std::string out;
  for (const std::string& p : path) {
    out += (out.empty() ? "" : ".") + p;
    if (out.size() > 120) break;
  }
  return out.substr(0, 120);
}

Result<Footer> read_footer(const std::string& name, std::string_view bytes) {
  const auto refuse = [&](const std::string& what, const std::string& hint = "") { return failure(error_in(name, what, hint)); };
  if (bytes.substr(0, 4) == "PARE" || (bytes.size() > 8 && bytes.substr(bytes.size() - 4) == "PARE"))
    return refuse("is an encrypted Parquet file, at byte 0", "give a copy that is not encrypted");
  if (bytes.size() < 12 || bytes.substr(0, 4) != "PAR1") return refuse("is no Parquet file: it is too short, or begins otherwise, at byte 0");
  if (bytes.substr(bytes.size() - 4) != "PAR1") return refuse("does not end as a Parquet file does, at byte " + std::to_string(bytes.size() - 4), "the file is cut off");
  const std::size_t end = bytes.size() - 8, size = little(bytes, end);
  if (size > end - 4) return refuse("claims a footer of " + std::to_string(size) + " bytes, more than it has, at byte " + std::to_string(end));
  if (size > most_footer) return refuse("has a footer of more than " + std::to_string(most_footer >> 20) + " MiB, at byte " + std::to_string(end));
  Footer out;
  out.begin = end - size;
  Thrift t(bytes, out.begin, end);
  std::vector<Element> elements;
  std::int64_t rows = -1;
  std::size_t chunks = 0;
  t.structure([&](const Field& f) {
    switch (f.id) {
      case 2:
        if (!elements.empty()) return t.refuse("the columns are described twice"), true;
        t.list(f, Type::structure, [&] {
          if (elements.size() >= most_columns) return t.refuse("the file has more than " + std::to_string(most_columns) + " columns");
          elements.push_back(element(t));
        });
        if (t.ok()) Schema(t, elements, out.columns).read();
        return true;
      case 3: rows = t.integer(f); return true;
      case 4:
        if (out.columns.empty()) return t.refuse("the file has no columns"), true;
        t.list(f, Type::structure, [&] { out.groups.push_back(row_group(t, out, chunks)); });
        return true;
      case 5:
        t.list(f, Type::structure, [&] {
          std::pair<std::string, std::string> note;
          t.structure([&](const Field& n) {
            if (n.id == 1) return note.first = t.binary(n), true;
            if (n.id == 2) return note.second = t.binary(n), true;
            return false;
          });
          if (out.notes.size() < 1000) out.notes.push_back(std::move(note));
        });
        return true;
      default: return false;
    }
  });
  if (!t.ok()) return refuse("the footer is broken: " + t.wrong());
  if (rows < 0 || elements.empty()) return refuse("the footer lacks the columns or the number of rows, at byte " + std::to_string(out.begin));
  for (const RowGroup& g : out.groups) {
    if (g.rows > static_cast<std::uint64_t>(rows) - out.rows) return refuse("the groups hold more rows than the " + std::to_string(rows) + " of the file, at byte " + std::to_string(out.begin));
    out.rows += g.rows;
    for (const Chunk& c : g.chunks)
      if (__builtin_add_overflow(out.entries, c.values, &out.entries)) out.entries = ~std::uint64_t{0};
    if (out.entries > entries_free + entries_a_byte * bytes.size())
      return refuse("claims more than " + std::to_string(out.entries) + " values in " + std::to_string(bytes.size()) + " bytes, at byte " + std::to_string(out.begin),
                    "at most " + std::to_string(entries_a_byte) + " for each byte of the file are read");
  }
  if (out.rows != static_cast<std::uint64_t>(rows)) return refuse("the groups hold " + std::to_string(out.rows) + " rows and the file claims " + std::to_string(rows) + ", at byte " + std::to_string(out.begin));
  return out;
}

}  // namespace duolex::threats::parquet
