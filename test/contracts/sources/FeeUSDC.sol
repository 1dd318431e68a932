// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TestUSDC} from "TestUSDC.sol";

/// @dev USDC as it must not be: it keeps a share of what is moved, of every move or only of large or small ones.
contract FeeUSDC is TestUSDC {
    uint256 public feeBps;
    uint256 public from;
    uint256 public below = type(uint256).max;
    bool public isSilent;
    bool public isPaused;

    function setFee(uint256 bps, uint256 from_, uint256 below_) external {
        (feeBps, from, below) = (bps, from_, below_);
    }

    /// @dev Lets `transfer` say that it moved the money and move nothing.
    function setSilent(bool silent) external {
        isSilent = silent;
    }

    /// @dev Lets no money move, as USDC does while it is paused.
    function setPaused(bool paused) external {
        isPaused = paused;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return isSilent || super.transfer(to, amount);
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _update(address sender, address to, uint256 amount) internal override {
        require(!isPaused, "paused");
        super._update(sender, to, amount);
        if (sender == address(0) || amount < from || amount >= below) return;
        uint256 fee = amount * feeBps / 10_000;
        if (fee != 0) super._update(to, address(this), fee);
    }
}

/// @dev A token whose balances are shares of a pool: what an account has is nowhere in its storage.
contract RebasingUSDC is FeeUSDC {
    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * 3 / 2;
    }
}
