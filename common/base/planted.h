// Places where the simulator plants a bug, to prove that it would find it.
//
// In the product COMPTOIR_PLANTED(bug) is `false`: nothing of it is compiled.
// tests/simulation compiles the sources that name it a second time, with
// COMPTOIR_PLANTED_BUGS, for one program of the tests alone.
#pragma once

#ifdef COMPTOIR_PLANTED_BUGS

#include <cstdint>

namespace comptoir {

enum class PlantedBug : uint8_t {
  kNone,
  // durability (R5, R9)
  kSkipFlush,
  kAnswerBeforeFlush,
  kAcknowledgeBeforeFlush,
  kIgnoreFailedWrite,
  kSplitBatch,
  // runs and requests (R1, R11)
  kGoOnInOldJournal,
  kForgetRequests,
  kCountEveryTaker,
  kCountLatestTaker,
  // gates (R2, R3, R6)
  kAcceptWrongChain,
  kSkipSignature,
  kSkipScope,
  kFoldRepeat,
  kRefuseBadFacts,
  kDropVerdict,
  // folds
  kFoldTwice,
  kForgetReplaced,
  kLoseSummedAddition,
  kCountAsDifference,
  kIgnoreCorrection,
  // tills
  kSellRecalled,
  // times (R10)
  kFollowPoisonedClock,
  kUndercutHybridTime,
  kFollowWallClock,
  // sessions
  kNeverFindSilence,
  kNeverGiveUpWaiting,
  kKeepFinishedJournals,
  kTellNobodyOfNews,
  // what disks and machines do (R8, R13, Forks)
  kIgnoreWitness,
  kLeaveRot,
  kShowRot,
  kTakeOfRevoked,
  kForgetMoved,
  // between shops and days
  kTellNoTransfers,
  kCloseAgain,
  kEnd,
};

// The one that is planted in this process.
extern PlantedBug planted_bug;

}  // namespace comptoir

#define COMPTOIR_PLANTED(bug) (::comptoir::planted_bug == ::comptoir::PlantedBug::bug)

#else

#define COMPTOIR_PLANTED(bug) false

#endif
