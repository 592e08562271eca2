#include "cli/pem.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>

#include "cli/format.h"

namespace comptoir::cli {
namespace {

constexpr int64_t kMillisPerSecond = 1'000;
constexpr int64_t kWarningMs = int64_t{30} * 86'400'000;
constexpr char kHowToRenew[] =
    ": say 'comptoir-hub renew-operator --data FOLDER' at the hub, and copy its operator.pem here";

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// One block with the lines that begin and end it, cut from the front of `*text`.
struct Block {
  std::string_view label;
  std::string_view whole;
};

bool ConsumeBlock(std::string_view* text, Block* block) {
  const size_t begin = text->find(kBegin);
  if (begin == std::string_view::npos) return false;
  text->remove_prefix(begin);
  const size_t label_end = text->find(kDashes, kBegin.size());
  if (label_end == std::string_view::npos) return false;
  block->label = text->substr(kBegin.size(), label_end - kBegin.size());
  std::string closing(kEnd);
  closing.append(block->label).append(kDashes);
  const size_t end = text->find(closing, label_end);
  if (end == std::string_view::npos) return false;
  block->whole = text->substr(0, end + closing.size());
  text->remove_prefix(block->whole.size());
  return true;
}

}  // namespace

absl::StatusOr<PemIdentity> SplitPem(std::string_view text) {
  PemIdentity identity;
  Block block;
  while (ConsumeBlock(&text, &block)) {
    std::string* part = nullptr;
    if (block.label.ends_with("PRIVATE KEY")) {
      part = &identity.key;
    } else if (block.label == "CERTIFICATE") {
      part = identity.certificate.empty() ? &identity.certificate : &identity.authority;
    }
    if (part != nullptr) part->append(block.whole).append("\n");
  }
  if (identity.key.empty() || identity.certificate.empty() || identity.authority.empty()) {
    return absl::InvalidArgumentError(
        "an identity file holds a private key, its certificate and the authority's certificate, "
        "in PEM; comptoir-hub init writes one, operator.pem");
  }
  return identity;
}

absl::StatusOr<int64_t> ExpiryOf(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  std::tm expires{};
  const bool is_read =
      certificate != nullptr && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &expires) == 1;
  X509_free(certificate);
  if (!is_read) return absl::InvalidArgumentError("the certificate in it is damaged");
  return int64_t{timegm(&expires)} * kMillisPerSecond;
}

absl::StatusOr<std::string> ExpiryWarning(int64_t expires_ms, int64_t now_ms) {
  if (expires_ms - now_ms >= kWarningMs) return std::string();
  const std::string date = FormatLocalInstant(expires_ms);
  if (expires_ms > now_ms) {
    return "this identity ends on " + date + kHowToRenew;
  }
  return absl::InvalidArgumentError("this identity ended on " + date +
                                    ", and the hub lets it in no more" + kHowToRenew);
}

}  // namespace comptoir::cli
