// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGoverned} from "./IGoverned.sol";
import {IPauserRole} from "./IPauserRole.sol";

/// @title Pausers that the owner chooses
/// @notice Only the owner adds pausers: one whose key is stolen can then be removed, and cannot have named others
/// before.
interface IOwnedPausers is IGoverned, IPauserRole {
    /// @notice Takes the right to pause from an account
    /// @param account The account
    function removePauser(address account) external;
}
