// ReplyWriter: appends replies in RESP2 or RESP3 to a buffer.
//
// SOURCE: server spec 1.2. A caller says what a value is; the writer falls back to the RESP2 form
// where the client speaks that. Thread safety: none.
#ifndef GOSSAMER_CORE_RESP_REPLY_WRITER_H_
#define GOSSAMER_CORE_RESP_REPLY_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gossamer {

class ReplyWriter {
 public:
  // `protocol`: 2 or 3. *out must outlive the writer.
  ReplyWriter(int protocol, std::string* out) : resp3_(protocol == 3), out_(out) {}

  void Simple(std::string_view text) { Line('+', text); }
  // `text` begins with its code, as "ERR syntax error". Line ends in it become blanks.
  void Error(std::string_view text);
  void Integer(int64_t value);
  void Bulk(std::string_view bytes);
  // Text for people: verbatim in RESP3.
  void Verbatim(std::string_view text);
  void Null();
  void NullArray();
  void Boolean(bool value);
  // What follows: so many values, or pairs of a key and its value.
  void Array(size_t size) { Header('*', size); }
  void Set(size_t size) { Header(resp3_ ? '~' : '*', size); }
  void Map(size_t pairs) { Header(resp3_ ? '%' : '*', resp3_ ? pairs : 2 * pairs); }
  // Bytes that another writer made.
  void Raw(std::string_view bytes) { out_->append(bytes); }
  bool resp3() const { return resp3_; }

 private:
  void Line(char type, std::string_view text);
  void Header(char type, size_t size);

  bool resp3_;
  std::string* out_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_RESP_REPLY_WRITER_H_
