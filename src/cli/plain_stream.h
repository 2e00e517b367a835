// What a command says to a person, on its way out: whatever others wrote into a bill, a dossier or a ledger, a terminal gets
// to see it and not to obey it.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace duolex::cli {

// Characters that steer a terminal or turn the reading order, and bytes that are no UTF-8, become U+FFFD; the program's own
// bold, dim and normal pass. What others may write after it is held back until the next write or flush.
class PlainBuffer : public std::streambuf {
 public:
  // `own_line`: the program may also begin a line anew, as its progress does.
  PlainBuffer(std::streambuf& inner, bool own_line) : inner_(inner), own_line_(own_line) {}
  ~PlainBuffer() override { (void)give(true); }
  PlainBuffer(const PlainBuffer&) = delete;
  PlainBuffer& operator=(const PlainBuffer&) = delete;

  // Bytes for a program pass as they are.
  void pass_all() { all_ = true; }
  [[nodiscard]] bool used() const { return used_; }
  [[nodiscard]] int error() const { return error_; }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override;
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  // What waits, but an escape or a character that is cut short, unless it is the last.
  bool give(bool last);

  std::streambuf& inner_;
  bool own_line_, all_ = false, used_ = false;
  // Notes why it failed, if it did.
  bool noted(bool done);

  int error_ = 0;
  std::string waiting_;
};

class PlainStream : public std::ostream {
 public:
  explicit PlainStream(std::ostream& to, bool own_line = false) : std::ostream(nullptr), buffer_(*to.rdbuf(), own_line) {
    rdbuf(&buffer_);
    setf(to.flags() & std::ios::unitbuf);
  }
  void pass_all() { buffer_.pass_all(); }
  // Something was written.
  [[nodiscard]] bool used() const { return buffer_.used(); }
  // Why something could not be written, as errno had it; 0: it could, or it is not known.
  [[nodiscard]] int error() const { return buffer_.error(); }

 private:
  PlainBuffer buffer_;
};

}  // namespace duolex::cli
