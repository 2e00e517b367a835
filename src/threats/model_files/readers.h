// The readers of single kinds of files. Each looks at `bytes`, which are the file or a member of it, and tells the
// scan what it finds; none of them fails in another way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "threats/model_files/scan.h"

namespace duolex::threats::model_files {

// How sure it is, before looking, that there is a pickle.
enum class Promise {
  none,      // nothing says so: only what is beyond doubt counts
  by_name,   // the name or the first bytes say so
};

// One or more pickles, after another, with what PyTorch and joblib put behind and between them.
// True when there was at least one.
bool scan_pickles(Scan& scan, std::string_view bytes, std::size_t at, Promise promise);
// Pickles that stand somewhere in bytes that are something else.
void find_hidden_pickles(Scan& scan, std::string_view bytes, std::size_t from, std::size_t to);
// Text or bytes of a pickle that hold an encoded program; `offset` is where they stand.
void scan_payload(Scan& scan, std::string_view payload, std::size_t offset, unsigned depth);

void scan_zip(Scan& scan, std::string_view bytes);
[[nodiscard]] bool is_tar(std::string_view bytes);
void scan_tar(Scan& scan, std::string_view bytes);
// A name of files that loaders of models open as pickles.
[[nodiscard]] bool promises_pickle(const std::string& name);
// gzip and zlib.
void scan_deflated(Scan& scan, std::string_view bytes, const std::string& name);
// Everything else that is compressed or packed, through the unpacker.
void scan_packed(Scan& scan, std::string_view bytes, const std::string& name);

void scan_npy(Scan& scan, std::string_view bytes);
void scan_safetensors(Scan& scan, std::string_view bytes);
void scan_gguf(Scan& scan, std::string_view bytes);
void scan_hdf5(Scan& scan, std::string_view bytes);
void scan_onnx(Scan& scan, std::string_view bytes);
void scan_saved_model(Scan& scan, std::string_view bytes);

// A chat template that reaches for more than a template needs.
void scan_template(Scan& scan, std::string_view text, std::size_t offset);
// JSON that describes a Keras model, a tokenizer or a model's configuration.
void scan_json(Scan& scan, std::string_view bytes, std::size_t offset);
// JSON texts of Keras that stand somewhere inside other bytes.
void find_keras_json(Scan& scan, std::string_view bytes);

// True when the unpacked bytes, or the first of them, are in `out`. `cut`: there was more than `most`.
// `raw`: deflate without a header, else zlib or gzip. `error_at`: where the input broke.
struct Inflated {
  std::string bytes;
  bool ok = false, cut = false;
  std::size_t used = 0;  // of the input
};
// Where the input stands when more than `most` have come out of it; nothing where that never happens. Keeps nothing.
[[nodiscard]] std::optional<std::size_t> inflates_beyond(std::string_view in, std::size_t most, bool raw);
[[nodiscard]] Inflated inflate(std::string_view in, std::size_t most, bool raw);

}  // namespace duolex::threats::model_files
