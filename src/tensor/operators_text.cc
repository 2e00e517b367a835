// Operators on texts and on counted words.
#include <algorithm>
#include <cmath>
#include <set>

#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

bool is_ascii(const std::string& s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
}
std::string changed(std::string s, bool upper) {
  for (char& c : s) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return s;
}

// Drops stop words and changes case; only ASCII has a case here.
bool string_normalizer(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (x.type != Type::string || x.shape.empty() || x.shape.size() > 2 || (x.shape.size() == 2 && x.shape[0] != 1)) return call.fail("no row of strings");
  const std::string action = call.node.text("case_change_action", "NONE");
  const bool by_case = call.node.integer("is_case_sensitive", 0) != 0;
  std::set<std::string> stops;
  if (const Attribute* a = call.node.attribute("stopwords"))
    for (const std::string& s : a->strings) stops.insert(by_case ? s : changed(s, false));
  std::vector<std::string> kept;
  for (const std::string& s : x.strings) {
    if ((action != "NONE" || (!by_case && !stops.empty())) && !is_ascii(s)) return call.unsupported("the case of letters beyond ASCII");
    if (stops.count(by_case ? s : changed(s, false)) != 0) continue;
    kept.push_back(action == "UPPER" ? changed(s, true) : action == "LOWER" ? changed(s, false) : s);
  }
  if (kept.empty()) kept.emplace_back();
  Shape shape = x.shape;
  shape.back() = static_cast<std::int64_t>(kept.size());
  Tensor y = zeros(Type::string, shape);
  y.strings = std::move(kept);
  return call.give(std::move(y));
}

// How often each n-gram of a pool occurs in each row, with gaps of up to max_skip_count between its words.
bool counted_words(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::int64_t least = call.node.integer("min_gram_length", 1), most = call.node.integer("max_gram_length", 1), skips = call.node.integer("max_skip_count", 0);
  const auto starts = call.node.integers("ngram_counts"), places = call.node.integers("ngram_indexes");
  const Attribute* texts = call.node.attribute("pool_strings");
  const auto numbers = call.node.integers("pool_int64s");
  const Attribute* weights = call.node.attribute("weights");
  const bool by_text = x.type == Type::string;
  if ((!by_text && !is_whole(x.type)) || x.shape.empty() || x.shape.size() > 2 || least < 1 || most < least || skips < 0 || skips > (1 << 20) || starts.empty() || (by_text && texts == nullptr)) return call.fail("attributes that do not fit");
  const std::size_t pool = by_text ? texts->strings.size() : numbers.size();
  std::vector<std::string> words;  // one kind of word for both
  for (std::size_t i = 0; i < pool; ++i) words.push_back(by_text ? texts->strings[i] : std::to_string(numbers[i]));
  std::map<std::vector<std::string>, std::size_t> grams;
  std::size_t gram = 0;
  for (std::size_t n = 0; n < starts.size(); ++n) {
    const std::int64_t begin = starts[n], end = n + 1 < starts.size() ? starts[n + 1] : static_cast<std::int64_t>(pool), size = static_cast<std::int64_t>(n) + 1;
    if (begin < 0 || end < begin || end > static_cast<std::int64_t>(pool) || (end - begin) % size != 0) return call.fail("n-grams that do not fit the pool");
    for (std::int64_t at = begin; at < end; at += size, ++gram)
      if (size >= least && size <= most) grams.emplace(std::vector<std::string>(words.begin() + at, words.begin() + at + size), gram);
  }
  std::int64_t width = 0;
  for (const std::int64_t p : places) {
    if (p < 0 || p > (1 << 28)) return call.fail("a place out of range");
    width = std::max(width, p + 1);
  }
  if (places.size() != gram || (weights != nullptr && weights->floats.size() != gram)) return call.fail("as many places and weights as n-grams are needed");
  const std::size_t rows = x.shape.size() == 2 ? static_cast<std::size_t>(x.shape[0]) : 1, length = static_cast<std::size_t>(x.shape.back());
  const Shape shape = x.shape.size() == 2 ? Shape{x.shape[0], width} : Shape{width};
  if (!call.allows(shape)) return false;
  std::vector<double> counts(rows * static_cast<std::size_t>(width), 0), weight(static_cast<std::size_t>(width), 1);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::int64_t n = least; n <= most; ++n)
      for (std::int64_t gap = 1; gap <= (n == 1 ? 1 : skips + 1); ++gap)
        for (std::size_t begin = 0; begin + static_cast<std::size_t>((n - 1) * gap) < length; ++begin) {
          if (!call.work(static_cast<std::uint64_t>(n) * 16)) return false;
          std::vector<std::string> found;
          for (std::int64_t k = 0; k < n; ++k) {
            const std::size_t at = r * length + begin + static_cast<std::size_t>(k * gap);
            found.push_back(by_text ? x.strings[at] : std::to_string(x.integer(at)));
          }
          if (const auto hit = grams.find(found); hit != grams.end()) counts[r * static_cast<std::size_t>(width) + static_cast<std::size_t>(places[hit->second])] += 1;
        }
  for (std::size_t g = 0; g < gram && weights != nullptr; ++g) weight[static_cast<std::size_t>(places[g])] = weights->floats[g];
  const std::string mode = call.node.text("mode", "TF");
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF") return call.unsupported("mode " + mode);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double w = weight[i % static_cast<std::size_t>(width)];
    counts[i] = mode == "TF" ? counts[i] : mode == "IDF" ? (counts[i] > 0 ? w : 0) : counts[i] * w;
  }
  return call.give(from_numbers(Type::f32, shape, counts));
}

}  // namespace

void add_text_operators(Operators& operators) {
  operators.insert({{"StringNormalizer", string_normalizer}, {"TfIdfVectorizer", counted_words}});
}

}  // namespace duolex::tensor
