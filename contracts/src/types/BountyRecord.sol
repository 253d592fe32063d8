// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BidVector} from "./BidVector.sol";

/// @notice What is fixed for a bounty when it is posted, and what is counted while it lives: three slots.
struct Bounty {
    // Slot 0: who asked, and for how much.
    address author;
    uint96 amount;
    // Slot 1: the terms, which nothing changes once the bounty is posted.
    uint64 bountyFee;
    uint64 assertionFee;
    uint40 expirationBlock;
    uint8 revealWindow;
    uint24 voteWindow;
    uint16 numArtifacts;
    uint8 arbiterCount;
    uint24 arbiterEpoch; // an arbiter that joined in a later epoch has no vote
    // Slot 2: the counts. `escrow` is what the registry still holds for this bounty.
    uint96 escrow;
    uint32 assertionCount;
    uint32 openClaims; // the author's, one per assertion and one per vote, less those that are settled
    uint8 voteCount;
    bool quorumReached;
    bool authorSettled;
    uint32 fewVotes; // the votes on a bounty of up to four artifacts, see `VoteTally`
}

/// @notice What a commitment is to be opened with, or that it was; see `Commitment`
enum Seal {
    Original, // the form of the original, on bounties of few artifacts
    Bound, // the form that binds guid, account, verdicts, metadata and nonce
    Opened // revealed, in whichever form it was
}

/// @notice An engine's assertion, from its posting to its settlement: two slots.
struct Assertion {
    uint256 sealedVerdicts; // the commitment; from the reveal on, the verdicts on a bounty of more than 24 artifacts
    BidVector bids; // never zero, so that an assertion exists if and only if this does
    uint32 index;
    uint24 fewVerdicts; // from the reveal on, the verdicts on a bounty of up to 24 artifacts
    Seal seal;
}

/// @notice An arbiter's vote, from its casting to its settlement: one slot up to 255 artifacts.
struct Ballot {
    uint256 lowerVotes; // votes on artifacts 0 to 254, above a lowest bit that is always set
    uint256 upperVote; // the vote on artifact 255
}

/// @notice All that is stored of a bounty
struct BountyRecord {
    Bounty bounty;
    uint256[256] bidSums; // see `LaneSums`
    uint256[8] manyVotes; // the votes on a bounty of more than four artifacts, see `VoteTally`
    mapping(address author => Assertion) assertions;
    mapping(address voter => Ballot) ballots;
}
