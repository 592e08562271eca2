// Starts that cannot go well: each ends with its own exit code and a sentence
// that says what to do, and leaves everything as it was.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/process/daemons.h"
#include "tests/process/tcp_relay.h"

namespace comptoir::testing {
namespace {

// Of <sysexits.h>.
constexpr int kUnavailable = 69;
constexpr int kConfiguration = 78;
constexpr char kAnyPort[] = "127.0.0.1:0";

void ExpectEnds(const Command& command, int code, const std::string& sentence) {
  const Ended ended = RunToEnd(command);
  EXPECT_EQ(ended.code, code) << ended.err;
  EXPECT_NE(ended.err.find(sentence), std::string::npos) << ended.err;
  EXPECT_EQ(ended.out.find("ready "), std::string::npos) << "it got ready: " << ended.out;
}

// Holds a port of 127.0.0.1 as another program would.
class HeldPort {
 public:
  HeldPort() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), port_(PickPort()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Require(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                listen(listener_, 1) == 0,
            "cannot hold a port");
  }
  ~HeldPort() { close(listener_); }
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  const int listener_;
  const int port_;
};

// The folders of a hub that is stopped and of two nodes of it.
class Starts : public ::testing::Test {
 protected:
  Starts() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
    other_ = std::make_unique<Node>(hub_, folder_ / "other", "outremeuse", "outremeuse-2");
    hub_.Stop();
  }

  static Command HubOn(const std::string& data, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--listen", kAnyPort, "--web-listen", kAnyPort, "--data", data});
    return {"comptoir-hub", std::move(more), {}};
  }
  static Command NodeOn(const std::string& data, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--listen", kAnyPort, "--web-listen", kAnyPort, "--data", data});
    return {"comptoir-node", std::move(more), {}};
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  std::unique_ptr<Node> other_;
};

// ---- data folders ----

TEST_F(Starts, WithoutAFolder) {
  ExpectEnds({"comptoir-hub", {}, {}}, kUsage, "--data FOLDER");
  ExpectEnds({"comptoir-node", {}, {}}, kUsage, "--data FOLDER");
}

TEST_F(Starts, OnAFolderThatIsNotThere) {
  ExpectEnds(HubOn(folder_ / "nothing"), kConfiguration, "comptoir-hub init");
  ExpectEnds(NodeOn(folder_ / "nothing"), kConfiguration, "comptoir-node enroll");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nothing"));
}

TEST_F(Starts, OnAFolderOfTheOtherKind) {
  ExpectEnds(HubOn(node_->data()), kConfiguration, "start comptoir-node on it");
  ExpectEnds(NodeOn(hub_.data()), kConfiguration, "start comptoir-hub on it");
  // Neither left anything that keeps the right one from starting.
  hub_.Start();
  node_->Start();
  WaitUntilLevel(hub_, *node_);
  node_->Stop();
  hub_.Stop();
}

TEST_F(Starts, OnAnAddressThatOthersReach) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:7410"}) {
    ExpectEnds({"comptoir-node", {"--listen", address, "--data", node_->data()}, {}}, kUsage,
               "on this machine only");
  }
}

TEST_F(Starts, OnAFolderInUse) {
  hub_.Start();
  node_->Start();
  ExpectEnds(HubOn(hub_.data()), kConfiguration, "is in use");
  ExpectEnds(NodeOn(node_->data()), kConfiguration, "is in use");
  EXPECT_EQ(node_->GetStatus().node(), "outremeuse-1");
  node_->Stop();
  hub_.Stop();
}

TEST_F(Starts, OnTheStoreOfAnotherNode) {
  node_->Start();
  node_->Stop();
  // Someone copied an identity over another one's.
  std::filesystem::remove_all(node_->data() + "/identity");
  std::filesystem::copy(other_->data() + "/identity", node_->data() + "/identity",
                        std::filesystem::copy_options::recursive);
  ExpectEnds(NodeOn(node_->data()), kConfiguration, "holds the ledger of");
}

TEST_F(Starts, OnAnIdentityWithAnothersKey) {
  std::filesystem::copy_file(other_->data() + "/identity/key.pem",
                             node_->data() + "/identity/key.pem",
                             std::filesystem::copy_options::overwrite_existing);
  ExpectEnds(NodeOn(node_->data()), kConfiguration, "cannot be used");
}

TEST_F(Starts, InitAndEnrolLeaveAnIdentityAlone) {
  const std::string before = hub_.operator_files().certificate;
  ExpectEnds({"comptoir-hub", {"init", "--data", hub_.data(), "--name", "Autre"}, {}},
             kConfiguration, "holds an identity already");
  EXPECT_EQ(hub_.operator_files().certificate, before);
  hub_.Start();
  ExpectEnds(EnrolCommand(node_->data(), "outremeuse-3", hub_.web(), hub_.CreateToken("herstal")),
             kConfiguration, "holds an identity already");
  hub_.Stop();
}

// ---- ports ----

TEST_F(Starts, OnAPortInUse) {
  const HeldPort held;
  ExpectEnds({"comptoir-hub", {"--listen", held.address(), "--data", hub_.data()}, {}},
             kUnavailable, held.address());
  ExpectEnds({"comptoir-hub",
              {"--listen", kAnyPort, "--web-listen", held.address(), "--data", hub_.data()},
              {}},
             kUnavailable, held.address());
  ExpectEnds({"comptoir-node", {"--listen", held.address(), "--data", node_->data()}, {}},
             kUnavailable, held.address());
  ExpectEnds({"comptoir-node",
              {"--listen", kAnyPort, "--web-listen", held.address(), "--data", node_->data()},
              {}},
             kUnavailable, held.address());
}

TEST_F(Starts, OnAnotherDaemonsPort) {
  node_->Start();
  ExpectEnds({"comptoir-node", {"--listen", node_->address(), "--data", other_->data()}, {}},
             kUnavailable, node_->address());
  ExpectEnds({"comptoir-node",
              {"--listen", kAnyPort, "--web-listen", node_->web(), "--data", other_->data()},
              {}},
             kUnavailable, node_->web());
  EXPECT_EQ(node_->GetStatus().node(), "outremeuse-1");
  node_->Stop();
}

TEST_F(Starts, OnAddressesInBrackets) {
  Program hub({"comptoir-hub",
               {"--listen", "[::1]:0", "--web-listen", "[::1]:0", "--data", hub_.data()},
               {}});
  const auto at = hub.WaitUntilReady();
  EXPECT_TRUE(at.at("sync").starts_with("[::1]:")) << at.at("sync");
  admin::v1::CreateTokenRequest request;
  request.set_shop("herstal");
  const auto admin =
      admin::v1::AdminService::NewStub(MutualTlsChannel(at.at("sync"), hub_.operator_files()));
  const auto token = Get(*admin, &admin::v1::AdminService::Stub::CreateToken, request).token();
  const Ended ended = RunToEnd(EnrolCommand(folder_ / "herstal", "herstal-1", at.at("web"), token));
  EXPECT_EQ(ended.code, 0) << ended.err;
  Program node(NodeOn(folder_ / "herstal"));
  const auto at_node =
      admin::v1::AdminService::NewStub(PlainChannel(node.WaitUntilReady().at("grpc")));
  EXPECT_TRUE(Eventually([&] {
    return Get(*at_node, &admin::v1::AdminService::Stub::GetStatus, {}).link().online();
  }));
}

// ---- settings ----

TEST_F(Starts, WithAnUnknownKeyInTheFile) {
  const std::string file = Write("node.toml", "log-format = \"text\"\nlisten-to = \"me\"\n");
  ExpectEnds(NodeOn(node_->data(), {"--config", file}), kConfiguration,
             file + ":2: there is no setting 'listen-to'");
  ExpectEnds({"comptoir-hub", {"--data", hub_.data()}, {{"COMPTOIR_CONFIG", file}}}, kConfiguration,
             "'listen-to'");
}

TEST_F(Starts, WithAFileThatCannotBeRead) {
  const std::string file = Write("node.toml", "data = [not toml\n");
  ExpectEnds(NodeOn(node_->data(), {"--config", file}), kConfiguration, file);
  ExpectEnds(NodeOn(node_->data(), {"--config", folder_ / "none.toml"}), kConfiguration,
             "none.toml");
}

TEST_F(Starts, WithWhatIsNoFlagOrNoAddress) {
  ExpectEnds(NodeOn(node_->data(), {"--quickly"}), kUsage, "--quickly");
  ExpectEnds({"comptoir-node", {"enrol", "--name", "outremeuse-2"}, {}}, kUsage,
             "'enrol' is no command");
  for (const std::string wrong : {"nonsense", ":7410", "127.0.0.1:", "127.0.0.1:70000"}) {
    ExpectEnds({"comptoir-node", {"--listen", wrong, "--data", node_->data()}, {}}, kUsage,
               "\"" + wrong + "\" is not an address");
    ExpectEnds({"comptoir-node",
                {"--listen", kAnyPort, "--web-listen", wrong, "--data", node_->data()},
                {}},
               kUsage, "\"" + wrong + "\" is not an address");
    ExpectEnds({"comptoir-hub", {"--listen", wrong, "--data", hub_.data()}, {}}, kUsage,
               "\"" + wrong + "\" is not an address");
    ExpectEnds(NodeOn(node_->data(), {"--hub", wrong}), kUsage,
               "\"" + wrong + "\" is not an address");
  }
  for (const std::string wrong :
       {"127.0.0.1:7412", "outremeuse-2@", "outremeuse-2@nowhere", "Outremeuse@127.0.0.1:1",
        "outremeuse-2@127.0.0.1:1,,", "outremeuse-2@127.0.0.1:1, outremeuse-2@127.0.0.1:2"}) {
    ExpectEnds(NodeOn(node_->data(), {"--sibling", wrong}), kUsage, "--sibling");
  }
  ExpectEnds(NodeOn(node_->data(), {"--sibling", "outremeuse-1@127.0.0.1:1"}), kConfiguration,
             "is this node itself");
  ExpectEnds({"comptoir-node",
              {"--listen", kAnyPort, "--web-listen", "127.0.0.1:7999", "--sibling-listen",
               "127.0.0.1:7999", "--data", node_->data()},
              {}},
             kUsage, "web-listen and sibling-listen are both 127.0.0.1:7999");
  for (const std::string wrong : {"54IIIIIWWWWWC", "21IIIIIWWWWWC  23IIIIIPPPPPC"}) {
    ExpectEnds(NodeOn(node_->data(), {"--barcode-rules", wrong}), kUsage, "--barcode-rules");
  }
  ExpectEnds(NodeOn(node_->data(), {"--log-level", "loud"}), kUsage, "loud");
  ExpectEnds(NodeOn(node_->data(), {"--time-zone", "Europe/Outremeuse"}), kUsage,
             "Europe/Outremeuse");
}

TEST_F(Starts, SettingsComeFromFileEnvironmentAndFlag) {
  // Each is overruled by the next, so the node serves where the flag says.
  const HeldPort by_file;
  const HeldPort by_environment;
  const std::string file = Write(
      "node.toml", "listen = \"" + by_file.address() + "\"\n" + "web-listen = \"127.0.0.1:0\"\n");
  ExpectEnds({"comptoir-node", {"--data", node_->data(), "--config", file}, {}}, kUnavailable,
             by_file.address());
  const std::map<std::string, std::string> environment = {
      {"COMPTOIR_LISTEN", by_environment.address()}, {"COMPTOIR_CONFIG", file}};
  ExpectEnds({"comptoir-node", {"--data", node_->data()}, environment}, kUnavailable,
             by_environment.address());
  Program node({"comptoir-node", {"--data", node_->data(), "--listen", kAnyPort}, environment});
  EXPECT_NE(node.WaitUntilReady().at("grpc"), by_environment.address());
}

}  // namespace
}  // namespace comptoir::testing
