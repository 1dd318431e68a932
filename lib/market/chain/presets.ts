/**
 * The chains that come with the program, as their files would say it.
 *
 * Windows on Base: 24 h to dispute is decided. The least time to reveal is an hour: a dozen beats of five minutes, and
 * longer than Base's sequencer has stood still so far, so that no short halt makes a seller miss its deadline, while a
 * buyer whose seller goes silent waits an hour and not days. It is a floor: a quote may give more.
 * On Base Sepolia both are short, so that a rehearsal takes half an hour.
 */
export const PRESETS: Readonly<Record<string, unknown>> = {
  base: {
    apiVersion: 'karmakadabra/v1',
    kind: 'Chain',
    name: 'base',
    chainId: 8453,
    rpc: { env: 'KK_RPC_URL', orElse: 'https://mainnet.base.org' },
    token: { address: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', name: 'USD Coin' },
    escrow: { minRevealWindowSeconds: 3600, minDisputeWindowSeconds: 86_400 },
    gas: { keepAtLeast: '0.0005', topUpTo: '0.002' },
  },
  'base-sepolia': {
    apiVersion: 'karmakadabra/v1',
    kind: 'Chain',
    name: 'base-sepolia',
    chainId: 84532,
    rpc: { env: 'KK_RPC_URL', orElse: 'https://sepolia.base.org' },
    token: { address: '0x036CbD53842c5426634e7929541eC2318f3dCF7e', name: 'USDC' },
    escrow: { minRevealWindowSeconds: 600, minDisputeWindowSeconds: 900 },
    gas: { keepAtLeast: '0.0005', topUpTo: '0.002' },
  },
};
