#include "cli/render_catalogue.h"

#include <map>
#include <vector>

#include "cli/format.h"
#include "cli/table.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using shop::v1::CatalogueEntry;
using shop::v1::FieldValues;
using shop::v1::StandingWrite;
using Align = Table::Align;

std::string FieldName(shop::v1::CatalogueField field) {
  switch (field) {
    case shop::v1::CATALOGUE_FIELD_NAME:
      return "name";
    case shop::v1::CATALOGUE_FIELD_UNIT:
      return "unit";
    case shop::v1::CATALOGUE_FIELD_PRODUCER:
      return "producer";
    case shop::v1::CATALOGUE_FIELD_GTIN:
      return "gtin";
    case shop::v1::CATALOGUE_FIELD_NEED:
      return "need";
    case shop::v1::CATALOGUE_FIELD_PLACE:
      return "place";
    case shop::v1::CATALOGUE_FIELD_PRICE:
      return "price";
    case shop::v1::CATALOGUE_FIELD_VAT:
      return "VAT";
    case shop::v1::CATALOGUE_FIELD_DEPOSIT:
      return "deposit";
    case shop::v1::CATALOGUE_FIELD_ITEM:
      return "item";
    default:
      return "field " + std::to_string(field);
  }
}

bool HasDay(const FieldValues& field) {
  return field.field() == shop::v1::CATALOGUE_FIELD_PRICE ||
         field.field() == shop::v1::CATALOGUE_FIELD_VAT;
}

// "price from 2026-12-01 at outremeuse".
std::string FieldText(const FieldValues& field) {
  std::string text = FieldName(field.field());
  if (HasDay(field)) text += " from " + FormatDay(field.first_day());
  if (!field.shop().empty()) text += " at " + field.shop();
  return text;
}

std::string ValueText(shop::v1::CatalogueField field, const StandingWrite& write) {
  switch (field) {
    case shop::v1::CATALOGUE_FIELD_UNIT:
      return FormatUnit(static_cast<retail::v1::Unit>(write.number()));
    case shop::v1::CATALOGUE_FIELD_PRICE:
    case shop::v1::CATALOGUE_FIELD_DEPOSIT:
      return FormatMoney(write.number());
    case shop::v1::CATALOGUE_FIELD_VAT:
      return FormatVat(static_cast<uint32_t>(write.number()));
    default:
      return write.text().empty() ? "none" : write.text();
  }
}

std::string WhenText(const StandingWrite& write) {
  return FormatInstant(write.wall_ms(), write.utc_offset_minutes()) +
         (write.doubtful() ? " (clock doubtful)" : "");
}

// The first day of what is in force today, by field and shop.
using InForce = std::map<std::pair<int, std::string>, int32_t>;
InForce FindInForce(const CatalogueEntry& entry) {
  InForce first_days;
  for (const FieldValues& field : entry.fields()) {
    if (!HasDay(field) || field.first_day() > entry.today()) continue;
    int32_t& day =
        first_days.try_emplace({field.field(), field.shop()}, field.first_day()).first->second;
    day = std::max(day, field.first_day());
  }
  return first_days;
}

std::string ForceText(const CatalogueEntry& entry, const InForce& in_force,
                      const FieldValues& field) {
  if (!HasDay(field)) return "";
  if (field.first_day() > entry.today()) return "to come";
  return in_force.at({field.field(), field.shop()}) == field.first_day() ? "in force" : "past";
}

std::string MarkText(const FieldValues& field, int index) {
  if (!field.conflict()) return "";
  return index == 0 ? "wins" : "also stands";
}

void AddFieldRows(const CatalogueEntry& entry, const InForce& in_force, const FieldValues& field,
                  Table* table) {
  for (int i = 0; i < field.writes_size(); ++i) {
    // The same value written twice is no conflict, and no news.
    if (i > 0 && !field.conflict()) break;
    const StandingWrite& write = field.writes(i);
    table->AddRow({i == 0 ? FieldText(field) : "", ValueText(field.field(), write),
                   i == 0 ? ForceText(entry, in_force, field) : "", MarkText(field, i),
                   write.node(), WhenText(write)});
  }
}

void RenderFields(const CatalogueEntry& entry, bool prices_only, std::ostream& out) {
  Table table({{"field", Align::kLeft},
               {"value", prices_only ? Align::kRight : Align::kLeft},
               {"", Align::kLeft},
               {"", Align::kLeft},
               {"written by", Align::kLeft},
               {"at", Align::kLeft}});
  const InForce in_force = FindInForce(entry);
  for (const FieldValues& field : entry.fields()) {
    if (prices_only && field.field() != shop::v1::CATALOGUE_FIELD_PRICE) continue;
    AddFieldRows(entry, in_force, field, &table);
  }
  if (table.empty()) {
    out << "no price was ever set\n";
  } else {
    table.Print(out);
  }
}

}  // namespace

std::string SubjectName(shop::v1::Subject subject) {
  switch (subject) {
    case shop::v1::SUBJECT_PRODUCT:
      return "product";
    case shop::v1::SUBJECT_PRODUCER:
      return "producer";
    case shop::v1::SUBJECT_SHOP:
      return "shop";
    default:
      return "subject " + std::to_string(subject);
  }
}

void RenderEntry(const CatalogueEntry& entry, std::ostream& out) {
  out << SubjectName(entry.subject()) << " " << Printable(entry.code()) << "\n\n";
  RenderFields(entry, /*prices_only=*/false, out);
}

void RenderPrices(const CatalogueEntry& entry, std::ostream& out) {
  RenderFields(entry, /*prices_only=*/true, out);
}

void RenderNames(const shop::v1::ListNamesResponse& response, shop::v1::Subject subject,
                 std::ostream& out) {
  const std::string what = SubjectName(subject);
  if (response.names().empty()) {
    out << "no " << what << " has a name yet: comptoir " << what << " set CODE --name NAME\n";
    return;
  }
  Table table(
      {{what, Align::kLeft}, {"name", Align::kLeft}, {"place", Align::kLeft}, {"", Align::kLeft}});
  for (const auto& named : response.names()) {
    table.AddRow({named.code(), named.name(), named.place(), named.conflict() ? "conflict" : ""});
  }
  table.Print(out);
}

void RenderConflicts(const shop::v1::ListConflictsResponse& response, std::ostream& out) {
  if (response.conflicts().empty()) {
    out << "no conflicts\n";
    return;
  }
  Table table({{"what", Align::kLeft},
               {"field", Align::kLeft},
               {"value", Align::kLeft},
               {"", Align::kLeft},
               {"written by", Align::kLeft},
               {"at", Align::kLeft}});
  for (const auto& conflict : response.conflicts()) {
    const FieldValues& field = conflict.field();
    for (int i = 0; i < field.writes_size(); ++i) {
      const StandingWrite& write = field.writes(i);
      table.AddRow({i == 0 ? SubjectName(conflict.subject()) + " " + conflict.code() : "",
                    i == 0 ? FieldText(field) : "", ValueText(field.field(), write),
                    MarkText(field, i), write.node(), WhenText(write)});
    }
  }
  table.Print(out);
}

void RenderEdit(const shop::v1::EditResponse& response, const std::string& what,
                std::ostream& out) {
  out << Printable(what) << ": ";
  if (response.repeated()) {
    out << "this request was carried out before; nothing written again\n";
  } else if (response.facts() == 0) {
    out << "stands as said already; nothing written\n";
  } else {
    out << (response.created() ? "created\n" : "changed\n");
  }
}

}  // namespace comptoir::cli
