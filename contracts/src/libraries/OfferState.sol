// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title What ambassador and expert sign to agree on who owns what of their channel
/// @notice Seventeen words of 32 bytes: close flag, sequence, ambassador, expert, channel, ambassador's balance,
/// expert's balance, token, guid, offer amount, artifact hash, IPFS hash, engagement deadline, assertion deadline,
/// mask, verdicts, metadata. The contracts look at the first eight, and at the engagement deadline of a deposit; the
/// rest is between the two.
library OfferState {
    uint256 internal constant WORDS = 17;
    uint256 private constant LENGTH = WORDS * 32;

    uint256 internal constant CLOSE_FLAG = 0;
    uint256 internal constant SEQUENCE = 1;
    uint256 internal constant AMBASSADOR = 2;
    uint256 internal constant EXPERT = 3;
    uint256 internal constant CHANNEL = 4;
    uint256 internal constant AMBASSADOR_BALANCE = 5;
    uint256 internal constant EXPERT_BALANCE = 6;
    uint256 internal constant TOKEN = 7;
    uint256 internal constant GUID = 8;
    uint256 internal constant OFFER_AMOUNT = 9;
    uint256 internal constant ENGAGEMENT_DEADLINE = 12;
    uint256 internal constant MASK = 14;
    uint256 internal constant VERDICTS = 15;

    /// @notice Thrown when a state does not have seventeen words
    /// @param length How many bytes it has
    error OfferStateLengthInvalid(uint256 length);

    /// @notice One word of a state
    /// @param state The state
    /// @param index Which word, 0 to 16
    /// @return The word
    function word(bytes calldata state, uint256 index) internal pure returns (uint256) {
        if (state.length != LENGTH) revert OfferStateLengthInvalid(state.length);
        return uint256(bytes32(state[index * 32:(index + 1) * 32]));
    }

    /// @notice Who signed a state
    /// @dev The signed message is that of `personal_sign` over the hash of the state. A signature has one form only: v
    /// is 27 or 28 and s in the lower half of the curve's order; any other is refused.
    /// @param state The state
    /// @param v The signature's v
    /// @param r The signature's r
    /// @param s The signature's s
    /// @return The account; zero if the signature is malformed
    function signer(bytes calldata state, uint8 v, bytes32 r, bytes32 s) internal pure returns (address) {
        bytes32 digest = MessageHashUtils.toEthSignedMessageHash(keccak256(state));
        (address account, ECDSA.RecoverError fault,) = ECDSA.tryRecover(digest, v, r, s);
        return fault == ECDSA.RecoverError.NoError ? account : address(0);
    }
}
