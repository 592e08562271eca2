#include "common/identity/pem.h"

#include <openssl/pem.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/identity/openssl.h"

namespace comptoir::identity {
namespace {

// What PEM_read_bio allocates.
struct RawBlock {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;

  RawBlock() = default;
  RawBlock(const RawBlock&) = delete;
  RawBlock& operator=(const RawBlock&) = delete;
  ~RawBlock() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    // It may be a key.
    OPENSSL_clear_free(data, static_cast<size_t>(size));
  }
};

}  // namespace

absl::StatusOr<std::vector<PemBlock>> ReadPem(std::string_view text) {
  if (text.size() > kPemBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("PEM text has ", text.size(), " bytes; at most ", kPemBytesMax, " are read"));
  }
  const openssl::ErrorScope errors;
  const openssl::Bio bio = openssl::ReadOnlyBio(text);
  std::vector<PemBlock> blocks;
  while (true) {
    RawBlock raw;
    if (PEM_read_bio(bio.get(), &raw.name, &raw.header, &raw.data, &raw.size) != 1) break;
    if (raw.header[0] != '\0') {
      return absl::InvalidArgumentError(absl::StrCat(
          "the PEM block ", raw.name, " is encrypted; store it without a pass phrase"));
    }
    blocks.push_back(PemBlock{raw.name, std::string(reinterpret_cast<const char*>(raw.data),
                                                    static_cast<size_t>(raw.size))});
  }
  const unsigned long error = ERR_peek_last_error();
  if (ERR_GET_REASON(error) != PEM_R_NO_START_LINE) {
    return openssl::Error(absl::StatusCode::kInvalidArgument, "PEM text is damaged");
  }
  if (blocks.empty()) return absl::InvalidArgumentError("this is not PEM text: no block in it");
  return blocks;
}

absl::StatusOr<std::vector<std::string>> ReadPemBlocks(std::string_view text,
                                                       std::string_view label) {
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<PemBlock> blocks, ReadPem(text));
  std::vector<std::string> found;
  for (PemBlock& block : blocks) {
    if (block.label == label) found.push_back(std::move(block.der));
  }
  if (found.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("PEM text has no block named ", View(label)));
  }
  return found;
}

absl::StatusOr<std::string> ReadPemBlock(std::string_view text, std::string_view label) {
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<std::string> found, ReadPemBlocks(text, label));
  return std::move(found.front());
}

std::string WritePem(std::string_view label, std::string_view der) {
  if (der.empty()) {  // which OpenSSL takes for a failure
    return absl::StrCat("-----BEGIN ", View(label), "-----\n-----END ", View(label), "-----\n");
  }
  const openssl::ErrorScope errors;
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  COMPTOIR_CHECK(bio != nullptr);
  COMPTOIR_CHECK(PEM_write_bio(bio.get(), std::string(label).c_str(), "",
                               reinterpret_cast<const unsigned char*>(der.data()),
                               static_cast<long>(der.size())) > 0);
  return openssl::Contents(bio.get());
}

}  // namespace comptoir::identity
