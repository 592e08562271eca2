// The commands, by whom they are for. Each `Add` puts its subcommands into `app`;
// parsing one of them leaves what is to be done in `*action`.
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "absl/status/statusor.h"
#include "cli/settings.h"

namespace comptoir::cli {

void AddSellCommand(CLI::App& app, Action* action);
void AddTillCommand(CLI::App& app, Action* action);
void AddReceiveCommand(CLI::App& app, Action* action);
// recall add, lift, confirm, list
void AddRecallCommand(CLI::App& app, Action* action);
void AddTraceCommand(CLI::App& app, Action* action);
// return, void
void AddRefundCommands(CLI::App& app, Action* action);
// waste, count, correct, movements, discrepancies
void AddGoodsCommands(CLI::App& app, Action* action);
// transfer send, receive, settle, list
void AddTransferCommand(CLI::App& app, Action* action);
// day open, in, out, close, show
void AddDayCommand(CLI::App& app, Action* action);
// stock, receipt, receipts, sales, products
void AddShopCommands(CLI::App& app, Action* action);
// inventory, shops
void AddCoopCommands(CLI::App& app, Action* action);
// product, producer, shop, price, conflicts
void AddCatalogueCommands(CLI::App& app, Action* action);
void AddImportCommand(CLI::App& app, Action* action);
// "baskets" of import.
void AddImportBasketsCommand(CLI::App& import, Action* action);
void AddExportCommand(CLI::App& app, Action* action);
void AddWatchCommand(CLI::App& app, Action* action);
// Of all commands that `app` has by the time it is asked.
void AddCompletionCommand(CLI::App& app, Action* action);
// node list, revoke, retire
void AddNodeCommand(CLI::App& app, Action* action);
// status, verify, token create, list, revoke
void AddAdminCommands(CLI::App& app, Action* action);
// carry out, carry in
void AddCarryCommands(CLI::App& app, Action* action);
void AddDiffCommand(CLI::App& app, Action* action);

// All of the above.
void AddAllCommands(CLI::App& app, Action* action);

// `products`, and `product list`.
absl::StatusOr<ExitCode> ShowProducts(const Settings& settings);

}  // namespace comptoir::cli
