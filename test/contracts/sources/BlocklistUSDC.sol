// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TestUSDC} from "TestUSDC.sol";

/// @dev USDC as it can behave: it refuses to move money to or from blocked accounts, by a revert or by returning false.
contract BlocklistUSDC is TestUSDC {
    mapping(address account => bool blocked) public isBlocked;
    bool public isQuiet;

    error Blocked(address account);

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function setQuiet(bool quiet) external {
        isQuiet = quiet;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (isQuiet && isBlocked[to]) return false;
        return super.transfer(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[to]) revert Blocked(to);
        if (isBlocked[from]) revert Blocked(from);
        super._update(from, to, amount);
    }
}
