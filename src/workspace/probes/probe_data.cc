#include "workspace/probes/probe_data.h"

#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "base/hash.h"
#include "threats/array.h"
#include "threats/data/read_parquet.h"
#include "threats/data/report.h"
#include "workspace/evidence/signed_manifest.h"
#include "workspace/probes/mapped_data.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using threats::data::DataSet;
using threats::data::NamedBytes;

// What stands beside the tables of a data set and is no part of them.
bool is_beside_tables(const fs::path& file) {
  const std::string name = file.filename().string(), ending = file.extension().string();
  if (name.starts_with('.') || name.starts_with('_')) return true;
  return ending.empty() || ending == ".md" || ending == ".txt" || ending == ".json" || ending == ".yaml" || ending == ".yml" || ending == ".crc";
}

// A folder of tables in Parquet is one table; `sha256` is the root of the files all the same, as of any folder.
Result<DataSet> read_tables(const fs::path& folder, const std::vector<std::string>& names, const std::string& label_column) {
  std::vector<MappedData> mapped;
  std::vector<threats::data::Shard> shards;
  mapped.reserve(names.size());
  for (const std::string& name : names) {
    if (!name.ends_with(".parquet")) continue;
    auto file = MappedData::open(folder / name);
    if (!file) return tl::unexpected(file.error());
    mapped.push_back(std::move(*file));
    shards.push_back({name, mapped.back().bytes()});
  }
  auto data = threats::data::read_parquet(folder.string(), shards, {label_column});
  if (data && shards.size() < names.size())
    data->not_read.push_back(std::to_string(names.size() - shards.size()) + (names.size() - shards.size() == 1 ? " file that stands" : " files that stand") + " beside the tables");
  return data;
}

Result<DataSet> read_folder(const fs::path& folder, const std::string& label_column, std::string& sha256) {
  std::vector<NamedBytes> files;
  std::error_code error;
  bool tables = false, others = false;
  for (fs::recursive_directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
    if (!i->is_regular_file() || i->is_symlink()) continue;
    const std::string name = i->path().lexically_relative(folder).generic_string();
    const auto bytes = MappedData::open(i->path());
    if (!bytes) return tl::unexpected(bytes.error());
    (name.ends_with(".parquet") ? tables : others) |= name.ends_with(".parquet") || !is_beside_tables(i->path());
    files.push_back({name, threats::data::leaf_hash(name + std::string(1, '\0'), bytes->bytes()), threats::data::sha256(bytes->bytes())});
  }
  if (error) return failure(error_in(folder.string(), "cannot be read: " + error.message()));
  if (files.empty()) return failure(error_in(folder.string(), "holds no files"));
  DataSet data = threats::data::from_files(folder.string(), std::move(files));
  sha256 = threats::data::manifest_of(data).root;
  if (!tables || others) return data;
  std::vector<std::string> names;
  for (const threats::data::Row& row : data.rows) names.push_back(row.name);
  return read_tables(folder, names, label_column);
}

// The data, and the hash of its bytes; of a folder, the root of its tree.
Result<DataSet> read_path(const fs::path& path, const std::string& label_column, std::string& sha256) {
  if (fs::is_directory(path)) return read_folder(path, label_column, sha256);
  if (path.extension() == ".parquet") {  // pages are unpacked one by one: the file need not be in memory
    const auto mapped = MappedData::open(path);
    if (!mapped) return tl::unexpected(mapped.error());
    sha256 = sha256_hex(mapped->bytes());
    return threats::data::read_data(path.string(), mapped->bytes(), {label_column});
  }
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected(bytes.error());
  sha256 = sha256_hex(*bytes);
  return threats::data::read_data(path.string(), *bytes, {label_column});
}

Result<threats::data::Inputs> gather(const ProbeDataRequest& request) {
  threats::data::Inputs in;
  in.seed = request.seed;
  auto data = read_path(request.path, request.label_column, in.sha256);
  if (!data) return tl::unexpected(data.error());
  in.data = std::move(*data);
  if (request.labels) {
    const auto bytes = read_file(*request.labels);
    if (!bytes) return tl::unexpected(bytes.error());
    if (const auto done = add_labels(in.data, request.labels->string(), *bytes); !done) return tl::unexpected(done.error());
    in.others.push_back({request.labels->string(), sha256_hex(*bytes)});
    std::erase_if(in.data.not_read, [](const std::string& n) { return n.starts_with("labels: "); });
  }
  if (request.baseline) {
    const auto bytes = read_file(*request.baseline);
    if (!bytes) return tl::unexpected(bytes.error());
    auto read = read_manifest_file(request.baseline->string(), *bytes, request.baseline_keys);
    if (!read) return tl::unexpected(read.error());
    in.baseline = std::move(read->manifest);
    in.baseline_signers = std::move(read->signers);
    in.others.push_back({request.baseline->string(), sha256_hex(*bytes)});
  }
  if (request.reference) {
    std::string sha256;
    auto reference = read_path(*request.reference, request.label_column, sha256);
    if (!reference) return tl::unexpected(reference.error());
    in.reference = std::move(*reference);
    in.others.push_back({request.reference->string(), sha256});
  }
  if (request.features) {
    const auto bytes = read_file(*request.features);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto array = threats::read_npy(request.features->string(), *bytes);
    if (!array) return tl::unexpected(array.error());
    if (array->shape.empty() || array->shape[0] != in.data.rows.size() || array->count() == 0)
      return failure(error_in(request.features->string(), "does not hold one row of numbers for each of the " + std::to_string(in.data.rows.size()) + " rows"));
    in.activations = threats::as_f32(*array);
    in.activation_width = array->count() / in.data.rows.size();
    in.others.push_back({request.features->string(), sha256_hex(*bytes)});
  }
  return in;
}

}  // namespace

namespace {

std::vector<TestFound> as_found(const ProbeDataRequest& request, const threats::data::Report& report, const std::string& sha256) {
  std::vector<TestFound> tests;
  for (const threats::TestResult& r : report.results) {
    TestFound t = found_of(r);
    t.about = {{request.path.string(), sha256}};
    std::erase_if(t.inputs, [&](const FileOfRun& f) { return f.sha256 == sha256; });
    t.stale_when = {"data"};
    tests.push_back(std::move(t));
  }
  return tests;
}

}  // namespace

ExitCode probe_data(const ProbeDataRequest& request, std::ostream& out, std::ostream& err) {
  auto recorder = Recorder::open(request.recording);
  if (!recorder) {
    err << render(recorder.error());
    return ExitCode::bad_input;
  }
  auto in = gather(request);
  if (!in) {
    err << render(in.error());
    return ExitCode::bad_input;
  }
  const std::string sha256 = in->sha256;
  const threats::data::Report report = threats::data::test_data(std::move(*in));
  if (request.write_manifest) {
    std::string manifest = threats::data::to_json_text(report.manifest);
    if (request.sign) {
      const auto pem = read_file(*request.sign, 1 << 16);
      auto sealed = pem ? sign_manifest(manifest, request.sign->string(), *pem) : tl::unexpected(pem.error());
      if (!sealed) {
        err << render(sealed.error());
        return ExitCode::bad_input;
      }
      manifest = std::move(*sealed);
    }
    if (const auto written = write_file_atomically(*request.write_manifest, manifest); !written) {
      err << render(written.error());
      return ExitCode::cannot_write;
    }
  }
  out << (request.json ? threats::data::to_json_text(report) : threats::data::to_text(report));
  out.flush();
  if (!out) {
    err << "error: the answer cannot be written\n";
    return ExitCode::cannot_write;
  }
  if (recorder->records())
    if (const auto done = recorder->add(as_found(request, report, sha256), threats::data::to_json_text(report), "probe-data.json", err); !done) {
      err << render(done.error());
      return ExitCode::cannot_write;
    }
  const auto any = [&](threats::Verdict v) { return std::any_of(report.results.begin(), report.results.end(), [v](const auto& r) { return r.verdict == v; }); };
  return any(threats::Verdict::not_met) ? ExitCode::finding : any(threats::Verdict::inconclusive) ? ExitCode::undecided : ExitCode::clear;
}

}  // namespace duolex::workspace
