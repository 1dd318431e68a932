// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TestUSDC} from "./TestUSDC.sol";

/// @title What stands behind a {UsdcProxy}
/// @notice Keeps nothing in its own storage, so that it works behind a proxy, and states its domain as Circle's USDC does.
contract ProxiedUSDC is TestUSDC {
    function name() public pure override returns (string memory) {
        return "USD Coin";
    }

    function symbol() public pure override returns (string memory) {
        return "USDC";
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}

/// @title A proxy such as the one that USDC is
/// @notice Runs the code whose address stands in ERC-1967's slot.
contract UsdcProxy {
    fallback() external payable {
        // Calldata in, returndata out: what ERC-1967 proxies do. Memory is ours, as nothing of Solidity follows.
        assembly {
            let implementation := sload(0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc)
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), implementation, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(done) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}
