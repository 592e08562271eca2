#include "cli/pem.h"

namespace comptoir::cli {
namespace {

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

}  // namespace comptoir::cli
