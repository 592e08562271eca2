#include "common/journal/chain.h"

#include <openssl/evp.h>

#include <memory>

#include "common/base/bytes.h"
#include "common/base/status.h"

namespace comptoir::journal {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looking the algorithm up costs more than hashing an entry, so that is done
// once. Never freed: threads may still hash while the process ends.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  COMPTOIR_CHECK(algorithm != nullptr);
  return algorithm;
}

EVP_MD_CTX* ThreadContext() {
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  COMPTOIR_CHECK(context != nullptr);
  return context.get();
}

Hash HashOf(std::string_view first, std::string_view second) {
  EVP_MD_CTX* const context = ThreadContext();
  Hash hash;
  COMPTOIR_CHECK(EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1 &&
                 EVP_DigestUpdate(context, first.data(), first.size()) == 1 &&
                 EVP_DigestUpdate(context, second.data(), second.size()) == 1 &&
                 EVP_DigestFinal_ex(context, hash.bytes.data(), nullptr) == 1);
  return hash;
}

}  // namespace

Hash ChainStart(JournalId journal) {
  std::string bytes;
  AppendBigEndian64(journal.value(), &bytes);
  return Sha256(bytes);
}

Hash ChainNext(const Hash& previous, std::string_view entry) {
  return HashOf(previous.view(), entry);
}

Hash Sha256(std::string_view bytes) { return HashOf(bytes, {}); }

std::string HeadToSign(const Head& head) {
  std::string bytes = "comptoir.head.v1";
  AppendBigEndian64(head.journal.value(), &bytes);
  AppendBigEndian64(head.sequence.value(), &bytes);
  bytes.append(head.hash.view());
  return bytes;
}

}  // namespace comptoir::journal
