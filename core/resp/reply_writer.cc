#include "core/resp/reply_writer.h"

namespace gossamer {

void ReplyWriter::Line(char type, std::string_view text) {
  out_->push_back(type);
  out_->append(text);
  out_->append("\r\n");
}

void ReplyWriter::Header(char type, size_t size) { Line(type, std::to_string(size)); }

void ReplyWriter::Error(std::string_view text) {
  const size_t from = out_->size();
  Line('-', text);
  for (size_t i = from; i + 2 < out_->size(); ++i) {
    if ((*out_)[i] == '\r' || (*out_)[i] == '\n') (*out_)[i] = ' ';
  }
}

void ReplyWriter::Integer(int64_t value) { Line(':', std::to_string(value)); }

void ReplyWriter::Bulk(std::string_view bytes) {
  Header('$', bytes.size());
  out_->append(bytes);
  out_->append("\r\n");
}

void ReplyWriter::Verbatim(std::string_view text) {
  if (!resp3_) return Bulk(text);
  Header('=', text.size() + 4);
  out_->append("txt:");
  out_->append(text);
  out_->append("\r\n");
}

void ReplyWriter::Null() { out_->append(resp3_ ? "_\r\n" : "$-1\r\n"); }

void ReplyWriter::NullArray() { out_->append(resp3_ ? "_\r\n" : "*-1\r\n"); }

void ReplyWriter::Boolean(bool value) {
  if (!resp3_) return Integer(value ? 1 : 0);
  out_->append(value ? "#t\r\n" : "#f\r\n");
}

}  // namespace gossamer
