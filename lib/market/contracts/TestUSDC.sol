// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title USDC for chains that have none
/// @notice Signs like Circle's USDC on Base (EIP-712 domain "USD Coin", version "2"; EIP-3009), so that the same
/// signatures work on both. Its deployer alone can mint.
contract TestUSDC is ERC3009 {
    address public immutable MINTER;

    error TestUSDC__NotMinter(address caller, address minter);

    constructor() ERC20("USD Coin", "USDC") EIP712("USD Coin", "2") {
        MINTER = msg.sender;
    }

    /// @notice Makes test money.
    function mint(address to, uint256 amount) external {
        if (msg.sender != MINTER) revert TestUSDC__NotMinter(msg.sender, MINTER);
        _mint(to, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @notice The EIP-712 domain's version, as USDC states it.
    function version() external pure returns (string memory) {
        return "2";
    }
}
