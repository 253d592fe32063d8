// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title Rules under which the attacks of this folder succeed: those of the original, or the obvious ones
library OldRules {
    /// @dev Quorum on one artifact is counted against the arbiters that there are now.
    function hasQuorum(uint256 malicious, uint256 votesCast, uint256 arbitersNow) internal pure returns (bool) {
        uint256 benign = votesCast - malicious;
        return malicious + malicious >= arbitersNow || benign + benign > arbitersNow || votesCast == arbitersNow;
    }

    /// @dev What is owed when nobody votes, at the fees of now: fee and bid to the engines, fee to the author.
    function owedWithoutVotes(uint256 amount, uint256 bids, uint256 engines, uint256 bountyFee, uint256 assertionFee)
        internal
        pure
        returns (uint256)
    {
        return amount + bids + bountyFee + engines * assertionFee;
    }

    /// @dev What an engine is paid for one artifact when nobody votes: fee, bid and an equal part of the reward,
    /// whether it revealed or not.
    function paidWithoutVotes(uint256 amount, uint256 bid, uint256 engines, uint256 assertionFee)
        internal
        pure
        returns (uint256)
    {
        return assertionFee + bid + amount / engines;
    }

    /// @dev A commitment that does not say whose it is.
    function seal(uint256 verdicts, uint256 nonce) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(verdicts ^ uint256(keccak256(abi.encode(nonce))))));
    }

    /// @dev A state is good if both parties signed it; in which channel is not asked.
    function accepts(
        bytes memory state,
        uint8[2] memory v,
        bytes32[2] memory r,
        bytes32[2] memory s,
        address a,
        address b
    ) internal pure returns (bool) {
        bytes32 digest = MessageHashUtils.toEthSignedMessageHash(keccak256(state));
        return ECDSA.recover(digest, v[0], r[0], s[0]) == a && ECDSA.recover(digest, v[1], r[1], s[1]) == b;
    }
}

/// @title Settlement that looks at every assertion
contract OldSettlement {
    struct OldAssertion {
        address author;
        uint256 bid;
        bool correct;
    }

    OldAssertion[] private _assertions;

    function assertOn(uint256 bid, bool correct) external {
        _assertions.push(OldAssertion(msg.sender, bid, correct));
    }

    function settle(uint256 amount) external view returns (uint256 payout) {
        uint256 won;
        uint256 lost;
        uint256 own;
        for (uint256 i = 0; i < _assertions.length; ++i) {
            if (_assertions[i].correct) won += _assertions[i].bid;
            else lost += _assertions[i].bid;
            if (_assertions[i].author == msg.sender) own = _assertions[i].bid;
        }
        return own + own * lost / won + own * amount / won;
    }
}

/// @title A claim that is paid before it is deleted
contract OldPayer {
    IERC20 private immutable _token;
    mapping(address party => uint256) private _due;

    constructor(IERC20 token) {
        _token = token;
    }

    function owe(address party, uint256 value) external {
        _due[party] = value;
    }

    function settleBounty(uint128) external {
        _token.transfer(msg.sender, _due[msg.sender]);
        delete _due[msg.sender];
    }
}
