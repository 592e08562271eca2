// Certificates and a signed head as an earlier build made them: every later one
// must read them, or it could not verify the journals of its own past (R3).
// That their dates pass changes nothing.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/identity/certificate.h"
#include "common/identity/certificate_verifier.h"
#include "common/journal/chain.h"

namespace comptoir::identity {
namespace {

constexpr char kAuthority[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB/DCCAaKgAwIBAgIQTyaFaXjQ9icxwyhGz6Z7qDAKBggqhkjOPQQDAjA8MR8w\n"
    "HQYDVQQKDBZMZXMgUGV0aXRzIFByb2R1Y3RldXJzMRkwFwYDVQQDDBBwZXRpdHMg\n"
    "YXV0aG9yaXR5MB4XDTcwMDEwMTAwMDAwMFoXDTQ2MTExODA4MDAwMFowPDEfMB0G\n"
    "A1UECgwWTGVzIFBldGl0cyBQcm9kdWN0ZXVyczEZMBcGA1UEAwwQcGV0aXRzIGF1\n"
    "dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABG5vULlQQf4/y8Fxsoz2\n"
    "w4fZgg0HQdim6bAVNJ1rM/3+0IRp0FnAwpAvQdZUZO6dXoywSMGppusPQsYa+zgj\n"
    "VlujgYUwgYIwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwHQYD\n"
    "VR0OBBYEFG6b+njCfP2qhcs6Qmzuzam4fJVEMB8GA1UdIwQYMBaAFG6b+njCfP2q\n"
    "hcs6Qmzuzam4fJVEMBwGA1UdEQQVMBOGEWNvbXB0b2lyOi8vcGV0aXRzMAoGCCqG\n"
    "SM49BAMCA0gAMEUCICoKXnbCsWw2UJB11puQlKoTCozJ7bza0e9A3ZPIuweEAiEA\n"
    "lFxGyMW0RhcdTZPXBHh2f7eM5CtPykRwm27wsoLQXfY=\n"
    "-----END CERTIFICATE-----\n";
constexpr char kFingerprint[] = "713341d2b52da56fa5b0753db13037a0aa88fb86e056abae1c6ae0e1fb5b9602";
constexpr char kNode[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICUzCCAfqgAwIBAgIQTk1OWGcKBMJ1kL70EF+n5DAKBggqhkjOPQQDAjA8MR8w\n"
    "HQYDVQQKDBZMZXMgUGV0aXRzIFByb2R1Y3RldXJzMRkwFwYDVQQDDBBwZXRpdHMg\n"
    "YXV0aG9yaXR5MB4XDTcwMDEwMTAwMDAwMFoXDTI3MTIyODA4MDAwMFowKDEPMA0G\n"
    "A1UECgwGcGV0aXRzMRUwEwYDVQQDDAxvdXRyZW1ldXNlLTEwWTATBgcqhkjOPQIB\n"
    "BggqhkjOPQMBBwNCAAQBmI/FwEXFEckeWp5gZ2USJltiCR4lVYf3td89uYyPgczP\n"
    "ybDcx4MMpwrGtg9zd7RlHGUJXHpMc1vJ1V8o6DEto4HxMIHuMAwGA1UdEwEB/wQC\n"
    "MAAwDgYDVR0PAQH/BAQDAgeAMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcD\n"
    "AjAdBgNVHQ4EFgQUphVgQf8VyfrSoPF9Jr86TQTI3mcwHwYDVR0jBBgwFoAUbpv6\n"
    "eMJ8/aqFyzpCbO7Nqbh8lUQwbwYDVR0RBGgwZoYpY29tcHRvaXI6Ly9wZXRpdHMv\n"
    "b3V0cmVtZXVzZS9vdXRyZW1ldXNlLTGGF2NvbXB0b2lyOnJvbGU6Y2F0YWxvZ3Vl\n"
    "giBvdXRyZW1ldXNlLTEub3V0cmVtZXVzZS5jb21wdG9pcjAKBggqhkjOPQQDAgNH\n"
    "ADBEAiBHBMsAhXM9IAD/ocaIWGMtzGLCdsciM52nN0jVZHJxggIgHkyWhV4z2dio\n"
    "SzjWLB9NzKTeZtDu/WHLRduUJp3ysVU=\n"
    "-----END CERTIFICATE-----\n";
constexpr char kFrozenHub[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICKTCCAc+gAwIBAgIQe7tEX6wmPkTycwvYhpYyxjAKBggqhkjOPQQDAjA8MR8w\n"
    "HQYDVQQKDBZMZXMgUGV0aXRzIFByb2R1Y3RldXJzMRkwFwYDVQQDDBBwZXRpdHMg\n"
    "YXV0aG9yaXR5MB4XDTcwMDEwMTAwMDAwMFoXDTI3MTIyODA4MDAwMFowITEPMA0G\n"
    "A1UECgwGcGV0aXRzMQ4wDAYDVQQDDAVodWItMTBZMBMGByqGSM49AgEGCCqGSM49\n"
    "AwEHA0IABPP9qq2yUMiwj39xbYVpRdcL10YBvj1DPC6QX+HJ4PoVj40iR6JnwQSv\n"
    "+Jw/ZvdQclu8VD9apxn9GYll4megP8yjgc0wgcowDAYDVR0TAQH/BAIwADAOBgNV\n"
    "HQ8BAf8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMB0GA1Ud\n"
    "DgQWBBRWqdjU/cmQhwh2sBe5Iiy+p0Bi7TAfBgNVHSMEGDAWgBRum/p4wnz9qoXL\n"
    "OkJs7s2puHyVRDBLBgNVHREERDBChhljb21wdG9pcjovL3BldGl0cy8tL2h1Yi0x\n"
    "hhdjb21wdG9pcjpyb2xlOmNhdGFsb2d1ZYIMaHViLmNvbXB0b2lyMAoGCCqGSM49\n"
    "BAMCA0gAMEUCIQDsrkkIjEXBaQ9ynteGNnZ4K4SWkxbj8J5pnq3o6JH/xwIgPKKr\n"
    "ImmcC8CsJZMpWykntDTGkjHJhdNwlY2wYoQo5so=\n"
    "-----END CERTIFICATE-----\n";
constexpr char kFrozenOperator[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICGzCCAcGgAwIBAgIQTYb0dOKefQtpByojcOcBZTAKBggqhkjOPQQDAjA8MR8w\n"
    "HQYDVQQKDBZMZXMgUGV0aXRzIFByb2R1Y3RldXJzMRkwFwYDVQQDDBBwZXRpdHMg\n"
    "YXV0aG9yaXR5MB4XDTcwMDEwMTAwMDAwMFoXDTI3MTIyODA4MDAwMFowIjEPMA0G\n"
    "A1UECgwGcGV0aXRzMQ8wDQYDVQQDDAZjbGFpcmUwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAR+RXYeaSivxOgb7Njr14p5N7GCADlThNkCxWJQ1SjUZXZAGmoEfCNs\n"
    "uqviJwjXYYaLyv9xmCEcU8mTa46Cbo+jo4G+MIG7MAwGA1UdEwEB/wQCMAAwDgYD\n"
    "VR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBSG5ZMk\n"
    "eExeIelSDorisTUTLATTfDAfBgNVHSMEGDAWgBRum/p4wnz9qoXLOkJs7s2puHyV\n"
    "RDBGBgNVHREEPzA9hiJjb21wdG9pcjovL3BldGl0cy8tb3BlcmF0b3IvY2xhaXJl\n"
    "hhdjb21wdG9pcjpyb2xlOmNhdGFsb2d1ZTAKBggqhkjOPQQDAgNIADBFAiEAs1BQ\n"
    "Pid05+NwglcVBeLdCINgz+9qo2s56nYuW9/XDpMCID3jqSgwTWs4TwQG83H+WnU0\n"
    "tjgAFMCdm3bZCHYeaqO5\n"
    "-----END CERTIFICATE-----\n";
// By the node's key; the openssl command verifies it too.
constexpr char kSignature[] =
    "3045022100acb6d63bd6e50c4fe3fb64d75ce5641aa2f6b0cb1672ed94d91e05562f23fc19022055"
    "162982b71cc85a3b1310e6f4306999887fdbc63a8f1a729635dbafa02aab73";

std::string Der(const char* pem) { return CertificateFromPem(pem).value(); }

TEST(FrozenIdentityTest, TheAuthorityIsRead) {
  const absl::StatusOr<Coop> coop = ParseAuthorityCertificate(Der(kAuthority));
  ASSERT_TRUE(coop.ok()) << coop.status();
  EXPECT_EQ(coop->code, "petits");
  EXPECT_EQ(coop->name, "Les Petits Producteurs");
  const Hash fingerprint = Fingerprint(Der(kAuthority));
  EXPECT_EQ(absl::BytesToHexString(std::string(fingerprint.view())), kFingerprint);
}

TEST(FrozenIdentityTest, HoldersAreRead) {
  EXPECT_EQ(ParseCertificatePem(kNode).value(),
            NodeHolder("petits", "outremeuse", "outremeuse-1", true));
  EXPECT_EQ(ParseCertificatePem(kFrozenHub).value(), HubHolder("petits", "hub-1"));
  EXPECT_EQ(ParseCertificatePem(kFrozenOperator).value(), OperatorHolder("petits", "claire"));
}

TEST(FrozenIdentityTest, ASignedHeadVerifies) {
  const auto verifier = CertificateVerifier::Make({Der(kAuthority)}).value();
  EXPECT_TRUE(verifier->VerifyCertificate(Der(kFrozenHub)).ok());
  const Head head{JournalId(0x0123456789abcdef), Sequence(3), journal::Sha256("abc")};
  const absl::Status status = verifier->VerifySignature(Der(kNode), journal::HeadToSign(head),
                                                        absl::HexStringToBytes(kSignature));
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace comptoir::identity
