// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPauserRole} from "../interfaces/IPauserRole.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

/// @title Pausers, and the switch they hold
/// @dev Who may add a pauser is for the inheriting contract to say, in `_authorizePauserChange`.
abstract contract PauserRole is IPauserRole, Pausable {
    mapping(address account => bool) private _pausers;

    modifier onlyPauser() {
        _requirePauser(msg.sender);
        _;
    }

    constructor(address firstPauser) {
        _addPauser(firstPauser);
    }

    /// @inheritdoc IPauserRole
    function addPauser(address account) external {
        _authorizePauserChange();
        _addPauser(account);
    }

    /// @inheritdoc IPauserRole
    function renouncePauser() external onlyPauser {
        _removePauser(msg.sender);
    }

    /// @inheritdoc IPauserRole
    function pause() external onlyPauser {
        _pause();
    }

    /// @inheritdoc IPauserRole
    function unpause() external onlyPauser {
        _unpause();
    }

    /// @inheritdoc IPauserRole
    function isPauser(address account) external view returns (bool) {
        return _pausers[account];
    }

    /// @dev Reverts unless the caller may change who is a pauser.
    function _authorizePauserChange() internal virtual;

    function _removePauser(address account) internal {
        _requirePauser(account);
        delete _pausers[account];
        emit PauserRemoved(account);
    }

    function _addPauser(address account) private {
        if (_pausers[account]) revert PauserRoleAlreadyGranted(account);
        _pausers[account] = true;
        emit PauserAdded(account);
    }

    function _requirePauser(address account) private view {
        if (!_pausers[account]) revert PauserRoleUnauthorized(account);
    }
}
