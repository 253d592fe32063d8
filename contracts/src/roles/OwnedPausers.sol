// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOwnedPausers} from "../interfaces/IOwnedPausers.sol";
import {Governed} from "./Governed.sol";
import {PauserRole} from "./PauserRole.sol";

/// @title Pausers that the owner chooses
/// @notice The deployer is the first owner and the first pauser.
abstract contract OwnedPausers is IOwnedPausers, Governed, PauserRole {
    constructor() PauserRole(msg.sender) {}

    /// @inheritdoc IOwnedPausers
    function removePauser(address account) external onlyOwner {
        _removePauser(account);
    }

    function _authorizePauserChange() internal view override {
        _checkOwner();
    }
}
