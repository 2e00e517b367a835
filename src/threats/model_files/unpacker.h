// The door to a library that knows many archive formats. It is large, so it stands in a plug-in that is loaded when
// the first file needs it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex::threats::model_files {

class Unpacker {
 public:
  virtual ~Unpacker() = default;

  struct Bounds {
    std::size_t member = 0, all = 0, members = 0;  // bytes, bytes, count
  };
  // Gets each regular member, whole or up to the bound (then `cut`); returns false to stop.
  using Receive = std::function<bool(const std::string& name, std::string_view bytes, bool cut)>;

  // Unpacks an archive of any format, or one compressed stream, whose member has then an empty name. A failure
  // comes after the members before it.
  [[nodiscard]] virtual Result<void> unpack(std::string_view bytes, const Bounds& bounds, const Receive& receive) const = 0;
};

// Gives the unpacker, loading it at the first call; a failure says what is missing.
using UnpackerSource = std::function<Result<const Unpacker*>()>;

// The one symbol of the plug-in.
inline constexpr int unpacker_version = 1;
inline constexpr const char* unpacker_entry_point = "duolex_unpacker";
using UnpackerEntryPoint = const Unpacker* (*)(int version);

// Loads libduolex_unpacker.so, which stands beside the program.
[[nodiscard]] Result<const Unpacker*> load_unpacker();

}  // namespace duolex::threats::model_files
